//! The order in which batches are visited, epoch after epoch.

mod anneal;
mod distance;
mod exact;
mod polish;

use std::sync::Arc;

use oorandom::{Rand32, Rand64};

pub use crate::options::{Distance, Schedule};
pub use distance::{DistanceMatrix, label_distances};

use crate::error::{Error, Result};
use crate::task::{self, Progress, Step};
use anneal::Annealing;
use polish::Polish;

/// A closed tour through all batches.
#[derive(Debug, Clone, PartialEq)]
pub struct Tour {
    /// Every batch once, batch 0 first; the second is smaller than the last.
    pub order: Vec<u32>,
    /// Sum of the distances from each batch to the next, the way from the last to the first included.
    pub length: f64,
}

impl Tour {
    /// Turns and mirrors `order` to begin as tours do, and measures it.
    fn new(mut order: Vec<u32>, distances: &DistanceMatrix) -> Self {
        let first = order.iter().position(|&batch| batch == 0).unwrap_or(0);
        order.rotate_left(first);
        if order.len() > 2 && order[1] > order[order.len() - 1] {
            order[1..].reverse();
        }
        Self { length: distances.tour_length(&order), order }
    }
}

/// Gives every epoch its order of batches.
///
/// [`Schedule::Random`] shuffles however few batches there are. Under [`Schedule::Sample`] the first batch of the
/// first epoch is drawn uniformly, so that every batch may come first, and no epoch starts with the batch that ended
/// the one before; two batches therefore alternate. Under [`Schedule::Order`] every epoch is the same tour from
/// batch 0, the longest one for up to 9 batches.
///
/// Equal seeds give equal orders, natively and in wasm.
/// # Source
/// [Gasteiger22], batch scheduling. The published sampler can never begin with batch 0.
/// # Example
/// ```
/// use std::sync::Arc;
/// use ibmb::batch::{DistanceMatrix, Schedule, Scheduler};
///
/// // Batches 0 and 1 are alike, and so are 2 and 3: the tour goes to and fro.
/// let (near, far) = (0.1, 2.0);
/// let distances = DistanceMatrix::new(4, vec![
///     0.0, near, far, far,
///     near, 0.0, far, far,
///     far, far, 0.0, near,
///     far, far, near, 0.0,
/// ])?;
/// let mut scheduler = Scheduler::new(4, Some(Arc::new(distances)), Schedule::Order, 0)?;
/// assert_eq!(scheduler.next_epoch(), [0, 2, 1, 3]);
/// assert_eq!(scheduler.tour().unwrap().length, 8.0);
/// # Ok::<(), ibmb::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Scheduler {
    order: Vec<u32>,
    distances: Option<Arc<DistanceMatrix>>,
    rule: Rule,
}

#[derive(Debug, Clone)]
enum Rule {
    Random(Rand32),
    Sample { rng: Rand64, last: Option<u32> },
    Order(Tour),
}

impl Scheduler {
    /// Makes a schedule ready; finds the tour in one go, where [`ScheduleJob`] does it in steps.
    ///
    /// # Arguments
    /// * `distances`: of all batches, for example [`label_distances`]; `Random` needs none.
    /// # Errors
    /// `invalid_option` when the schedule needs distances and there are none; `shape_mismatch` when they are for
    /// another number of batches.
    /// # Cost
    /// For `Order` with `B` batches some hundred rounds of `10 B` changes: 1 ms for 100 batches, 0.2 to 0.5 s for 1,000; else
    /// `O(B)`.
    pub fn new(
        num_batches: usize,
        distances: Option<Arc<DistanceMatrix>>,
        schedule: Schedule,
        seed: u64,
    ) -> Result<Self> {
        task::run(ScheduleJob::new(num_batches, distances, schedule, seed)?)
    }

    /// The order of the next epoch: every batch once.
    ///
    /// # Cost
    /// `O(B)`, for `Sample` `O(B^2)`.
    pub fn next_epoch(&mut self) -> Vec<u32> {
        let Self { order, distances, rule } = self;
        match rule {
            // Each shuffle starts from the last one.
            Rule::Random(rng) => anneal::shuffle(order, rng),
            Rule::Sample { rng, last } => {
                let distances = distances.as_ref().expect("a sampler is made with distances");
                sample(order, distances, rng, last);
            }
            Rule::Order(_) => {}
        }
        order.clone()
    }

    /// What the schedule was made from; `None` for a random one without distances.
    pub fn distances(&self) -> Option<&DistanceMatrix> {
        self.distances.as_deref()
    }

    /// The tour of [`Schedule::Order`].
    pub fn tour(&self) -> Option<&Tour> {
        match &self.rule {
            Rule::Order(tour) => Some(tour),
            Rule::Random(_) | Rule::Sample { .. } => None,
        }
    }
}

/// Draws one epoch; `last` is the batch before it.
fn sample(order: &mut Vec<u32>, distances: &DistanceMatrix, rng: &mut Rand64, last: &mut Option<u32>) {
    // Ascending, so that sums have one order.
    let mut left: Vec<u32> = (0..distances.num_batches() as u32).collect();
    order.clear();
    while !left.is_empty() {
        let weight = |batch: &u32| match *last {
            None => 1.0,
            // The distance of a batch to itself is 0: when it is the only one left, it is drawn all the same.
            Some(last) => distances.get(last as usize, *batch as usize),
        };
        let total: f64 = left.iter().map(weight).sum();
        let target = rng.rand_float() * total;
        let mut sum = 0.0;
        let passed = left.iter().position(|batch| {
            sum += weight(batch);
            sum > target
        });
        // Rounding may leave the target at the very end of the sum.
        let drawn = passed.or_else(|| left.iter().rposition(|batch| weight(batch) > 0.0));
        let next = left.remove(drawn.unwrap_or(0));
        order.push(next);
        *last = Some(next);
    }
}

/// Makes a [`Scheduler`] step by step, so that the search for a long tour can be stopped.
///
/// The only stage is `tour`; a unit is about `10 B` changes looked at. Schedules without a tour, and tours of few
/// batches, are done with the first step.
///
/// # Source
/// Simulated annealing over reversals as in [Gasteiger22], but: a change is measured by the two steps of the tour
/// that it replaces, not by adding up the tour anew; the first temperature is the mean size of a change (its mean is
/// nearly 0); the best tour seen is kept; and a local search over reversals and moves of up to three batches follows
/// until nothing is better.
/// # Example
/// ```
/// use std::sync::Arc;
/// use ibmb::batch::{DistanceMatrix, Schedule, ScheduleJob};
/// use ibmb::{limits::Limits, task::Step};
///
/// let distances = Arc::new(DistanceMatrix::equal(20, &Limits::default())?);
/// let mut job = ScheduleJob::new(20, Some(distances), Schedule::Order, 7)?;
/// while !job.step(1)?.finished {} // between two steps the work may be given up
/// assert_eq!(job.finish()?.next_epoch().len(), 20);
/// # Ok::<(), ibmb::Error>(())
/// ```
pub struct ScheduleJob {
    num_batches: usize,
    distances: Option<Arc<DistanceMatrix>>,
    search: Search,
    done: u64,
}

enum Search {
    Exact,
    Anneal(Box<Annealing>),
    Polish(Polish),
    Ready(Rule),
}

/// Parts of the stage `tour`: how long a search takes is not known before, so each half has its own scale.
const PARTS: u64 = 1000;
const PARTS_OF_ANNEALING: u64 = 900;

impl ScheduleJob {
    /// Arguments and errors are those of [`Scheduler::new`].
    pub fn new(
        num_batches: usize,
        distances: Option<Arc<DistanceMatrix>>,
        schedule: Schedule,
        seed: u64,
    ) -> Result<Self> {
        if let Some(distances) = distances.as_ref().filter(|found| found.num_batches() != num_batches) {
            return Err(Error::ShapeMismatch(format!(
                "distances: they are between {} batches, there are {num_batches}",
                distances.num_batches()
            )));
        }
        let search = match (schedule, &distances) {
            // The stream differs from those of weights and dropout, which have the same seed in training.
            (Schedule::Random, _) => Search::Ready(Rule::Random(Rand32::new_inc(seed, 0x0bde))),
            (_, None) => {
                return Err(Error::option(
                    "schedule",
                    format!("{} needs the distances between batches", schedule.name()),
                ));
            }
            (Schedule::Sample, _) => {
                Search::Ready(Rule::Sample { rng: Rand64::new_inc(seed.into(), 0x5a3e), last: None })
            }
            (Schedule::Order, _) if num_batches <= exact::MOST_BATCHES => Search::Exact,
            (Schedule::Order, Some(found)) => {
                Search::Anneal(Box::new(Annealing::new(Arc::clone(found), seed)))
            }
        };
        Ok(Self { num_batches, distances, search, done: 0 })
    }

    fn unit(&mut self) {
        let Some(distances) = &self.distances else { return };
        match &mut self.search {
            Search::Exact => {
                let tour = Tour::new(exact::longest(distances), distances);
                self.search = Search::Ready(Rule::Order(tour));
            }
            Search::Anneal(annealing) => {
                annealing.round();
                let share =
                    u64::from(annealing.rounds()) * PARTS_OF_ANNEALING / u64::from(anneal::MOST_ROUNDS);
                self.done = self.done.max(share);
                if annealing.is_frozen() {
                    let tour = annealing.best().to_vec();
                    self.search = Search::Polish(Polish::new(Arc::clone(distances), tour));
                    self.done = PARTS_OF_ANNEALING;
                }
            }
            Search::Polish(polish) => {
                polish.step();
                let share = polish.share() * (PARTS - PARTS_OF_ANNEALING) as f64;
                self.done = self.done.max(PARTS_OF_ANNEALING + share as u64);
                if polish.is_done() {
                    let search = std::mem::replace(&mut self.search, Search::Exact);
                    let Search::Polish(polish) = search else { unreachable!("it was polish just now") };
                    let tour = Tour::new(polish.into_tour(), distances);
                    self.search = Search::Ready(Rule::Order(tour));
                }
            }
            Search::Ready(_) => {}
        }
    }
}

impl Step for ScheduleJob {
    type Output = Scheduler;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        for _ in 0..budget.max(1) {
            if matches!(self.search, Search::Ready(_)) {
                break;
            }
            self.unit();
        }
        let finished = matches!(self.search, Search::Ready(_));
        let done = if finished { PARTS } else { self.done };
        Ok(Progress { stage: "tour", done, total: PARTS, finished })
    }

    fn finish(self) -> Result<Scheduler> {
        let Search::Ready(rule) = self.search else {
            return Err(Error::Internal("the schedule is not finished".to_owned()));
        };
        let order = match &rule {
            Rule::Order(tour) => tour.order.clone(),
            Rule::Random(_) | Rule::Sample { .. } => (0..self.num_batches as u32).collect(),
        };
        Ok(Scheduler { order, distances: self.distances, rule })
    }
}

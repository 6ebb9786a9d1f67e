//! Moves of single nodes between parts: balance first, then a smaller cut.

use super::budget::Budget;
use super::connect::{Links, Shifted};
use super::level::{Edge, Level};
use super::queue::Queue;
use crate::error::Result;
use crate::limits;

/// How long a refinement searches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// Passes over the boundary.
    pub passes: u32,
    /// Bounds on the moves in a row without a smaller cut that end a pass: a hundredth of the nodes, within these.
    pub patience: (usize, usize),
}

/// A refinement of one level under way, as k-way local search in the manner of [Fiduccia82] and [Sanders11].
///
/// A pass moves the node of greatest gain, even when that gain is negative, each node once, and in the end returns to
/// the smallest cut it has seen. Parts stay within their greatest weights; nodes of an overweight part leave it first.
pub(super) struct Refinement {
    part: Vec<u32>,
    part_weight: Vec<u32>,
    /// Greatest weight of every part.
    max_weight: Vec<u32>,
    passes: u32,
    patience: usize,
    links: Links,
    queue: Queue,
    moved: Vec<bool>,
    /// Node and the part it left, in order.
    moves: Vec<(u32, u32)>,
    stage: RefineStage,
    at: u32,
    passes_done: u32,
    /// What the moves of this pass have gained, and what they had at the best.
    gain: i64,
    best_gain: i64,
    best_len: usize,
}

#[derive(PartialEq, Eq)]
enum RefineStage {
    Count,
    Balance,
    Fill,
    Climb,
    Done,
}

/// A move between two parts and the room in them after it.
struct Shift {
    from: u32,
    to: u32,
    room_from: u32,
    room_to: u32,
}

/// Where a node would go.
#[derive(Clone, Copy)]
struct Target {
    part: u32,
    gain: i32,
}

impl Refinement {
    /// Refines `part`, in which no part may weigh more than `max_weight` in the end.
    pub fn new(level: &Level, part: Vec<u32>, max_weight: Vec<u32>, effort: Effort) -> Result<Self> {
        let n = level.num_nodes();
        let mut part_weight = vec![0; max_weight.len()];
        for (&p, &weight) in part.iter().zip(&level.weights) {
            part_weight[p as usize] += weight;
        }
        Ok(Self {
            links: Links::new(level, max_weight.len())?,
            part,
            part_weight,
            max_weight,
            passes: effort.passes,
            patience: (n / 100).clamp(effort.patience.0, effort.patience.1),
            queue: Queue::new(n)?,
            moved: limits::filled(n, false)?,
            moves: Vec::new(),
            stage: RefineStage::Count,
            at: 0,
            passes_done: 0,
            gain: 0,
            best_gain: 0,
            best_len: 0,
        })
    }

    pub fn passes_done(&self) -> u32 {
        self.passes_done
    }

    /// Goes on; `true` when the passes are done.
    pub fn advance(&mut self, level: &Level, budget: &mut Budget) -> bool {
        let n = level.num_nodes() as u32;
        while self.stage != RefineStage::Done {
            if budget.is_empty() {
                return false;
            }
            match self.stage {
                RefineStage::Count if self.at < n => {
                    budget.spend(1 + level.degree(self.at));
                    self.links.count(level, self.at, &self.part);
                    self.at += 1;
                }
                RefineStage::Count => self.stage = RefineStage::Balance,
                RefineStage::Balance => {
                    self.balance(level, budget);
                    self.start_pass();
                }
                RefineStage::Fill if self.at < n => {
                    budget.spend(1 + self.links.away(self.at).len());
                    if let Some(target) = self.best_target(level, self.at) {
                        self.queue.set(self.at, target.gain);
                    }
                    self.at += 1;
                }
                RefineStage::Fill => self.stage = RefineStage::Climb,
                RefineStage::Climb => self.climb(level, budget),
                RefineStage::Done => {}
            }
        }
        true
    }

    /// The part of every node, once [`Self::advance`] has returned `true`.
    pub fn take(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.part)
    }

    /// Weight above the greatest allowed, over all parts.
    pub fn overweight(&self) -> u64 {
        let over = self.part_weight.iter().zip(&self.max_weight).map(|(w, max)| w.saturating_sub(*max));
        over.map(u64::from).sum()
    }

    fn start_pass(&mut self) {
        self.at = 0;
        self.gain = 0;
        self.best_gain = 0;
        self.best_len = 0;
        self.stage = if self.passes_done < self.passes { RefineStage::Fill } else { RefineStage::Done };
    }

    /// The part with room to which a node is linked best, if any; ties go to the part with more room.
    fn best_target(&self, level: &Level, node: u32) -> Option<Target> {
        let weight = level.weights[node as usize];
        // Link, room, part of the best.
        let mut best = (0, 0, u32::MAX);
        for link in self.links.away(node) {
            if link.weight >= best.0 {
                let room = self.room(link.part);
                if room >= weight && (link.weight > best.0 || room > best.1) {
                    best = (link.weight, room, link.part);
                }
            }
        }
        (best.2 != u32::MAX)
            .then(|| Target { part: best.2, gain: best.0 as i32 - self.links.inside(node) as i32 })
    }

    fn room(&self, part: u32) -> u32 {
        self.max_weight[part as usize].saturating_sub(self.part_weight[part as usize])
    }

    /// Moves a node without telling anyone; gives the part it left.
    fn place(&mut self, level: &Level, node: u32, to: u32) -> u32 {
        let from = std::mem::replace(&mut self.part[node as usize], to);
        let weight = level.weights[node as usize];
        self.part_weight[from as usize] -= weight;
        self.part_weight[to as usize] += weight;
        from
    }

    /// Moves a node and tells its neighbours' links; `raise` also tells the queue.
    fn shift(&mut self, level: &Level, node: u32, to: u32, raise: bool) {
        let from = self.place(level, node, to);
        self.links.moved(node, from, to);
        let room = Shift { from, to, room_from: self.room(from), room_to: self.room(to) };
        for edge in level.row(node) {
            let own = self.part[edge.to as usize];
            let links = self.links.shift(edge.to, own, from, to, edge.weight);
            if raise && !self.moved[edge.to as usize] {
                self.raise(edge, own, level.weights[edge.to as usize], &room, links);
            }
        }
    }

    /// Raises the gain of a neighbour of a node that moved, where it may have grown: a link became stronger, or a part
    /// got room. Gains in the queue are upper bounds: those that fell are found out when they come to the top.
    fn raise(&mut self, edge: &Edge, own: u32, weight: u32, shift: &Shift, links: Shifted) {
        let old = self.queue.gain(edge.to);
        let mut gain = old.unwrap_or(i32::MIN);
        let inside = links.inside as i32;
        if own == shift.from {
            if old.is_some() {
                gain += edge.weight as i32;
            }
        } else if links.left > 0 && shift.room_from >= weight {
            gain = gain.max(links.left as i32 - inside);
        }
        if own != shift.to && shift.room_to >= weight {
            gain = gain.max(links.joined as i32 - inside);
        }
        if gain > old.unwrap_or(i32::MIN) {
            self.queue.set(edge.to, gain);
        }
    }

    /// Takes nodes out of overweight parts, cheapest first.
    ///
    /// While one part is overweight, the one with most room has room for any node: the greatest weights are chosen so
    /// (`max_part_weight`). So this ends in balance.
    fn balance(&mut self, level: &Level, budget: &mut Budget) {
        if self.overweight() == 0 {
            return;
        }
        budget.spend(level.num_nodes());
        for node in 0..level.num_nodes() as u32 {
            self.offer_to_leave(level, node);
        }
        while let Some((node, gain)) = self.queue.pop() {
            if !self.is_overweight(self.part[node as usize]) {
                continue;
            }
            let target = self.refuge(level, node);
            if target.gain < gain && self.queue.top_gain().is_some_and(|top| top > target.gain) {
                self.queue.set(node, target.gain);
                continue;
            }
            budget.spend(1 + level.degree(node));
            self.shift(level, node, target.part, false);
            for edge in level.row(node) {
                self.offer_to_leave(level, edge.to);
            }
        }
    }

    fn offer_to_leave(&mut self, level: &Level, node: u32) {
        if level.weights[node as usize] > 0 && self.is_overweight(self.part[node as usize]) {
            let target = self.refuge(level, node);
            self.queue.set(node, target.gain);
        }
    }

    fn is_overweight(&self, part: u32) -> bool {
        self.part_weight[part as usize] > self.max_weight[part as usize]
    }

    /// The best linked part with room, else the part with most room.
    fn refuge(&self, level: &Level, node: u32) -> Target {
        self.best_target(level, node).unwrap_or_else(|| {
            let own = self.part[node as usize];
            let others = (0..self.max_weight.len() as u32).filter(|&part| part != own);
            let part = others.max_by_key(|&part| (self.room(part), !part)).expect("there are two parts");
            Target { part, gain: self.links.to(node, part) as i32 - self.links.inside(node) as i32 }
        })
    }

    /// Moves until the budget, nodes or patience end; the latter two end the pass.
    fn climb(&mut self, level: &Level, budget: &mut Budget) {
        while self.moves.len() < self.best_len + self.patience {
            if budget.is_empty() {
                return;
            }
            let Some((node, gain)) = self.queue.pop() else { break };
            budget.spend(1 + self.links.away(node).len());
            // Room may have come or gone since the gain was computed.
            let Some(target) = self.best_target(level, node) else { continue };
            if target.gain < gain && self.queue.top_gain().is_some_and(|top| top > target.gain) {
                self.queue.set(node, target.gain);
                continue;
            }
            let from = self.part[node as usize];
            if self.part_weight[from as usize] == level.weights[node as usize] {
                // A part is not emptied.
                continue;
            }
            budget.spend(level.degree(node));
            self.moved[node as usize] = true;
            self.moves.push((node, from));
            self.shift(level, node, target.part, true);
            self.gain += i64::from(target.gain);
            if self.gain > self.best_gain {
                self.best_gain = self.gain;
                self.best_len = self.moves.len();
            }
        }
        self.end_pass(level, budget);
    }

    /// Returns to the best state of the pass; another pass follows when this one has gained.
    fn end_pass(&mut self, level: &Level, budget: &mut Budget) {
        self.queue.clear();
        for &(node, _) in &self.moves {
            self.moved[node as usize] = false;
        }
        self.passes_done = if self.best_gain == 0 { self.passes } else { self.passes_done + 1 };
        let again = self.passes_done < self.passes;
        while self.moves.len() > self.best_len {
            let (node, from) = self.moves.pop().expect("longer than the best");
            if again {
                budget.spend(1 + level.degree(node));
                self.shift(level, node, from, false);
            } else {
                // Nobody asks for links any more.
                self.place(level, node, from);
            }
        }
        self.moves.clear();
        self.start_pass();
    }
}

//! The order of the training batches.

use std::sync::Arc;

use super::TrainConfig;
use crate::batch::{Distance, Schedule, ScheduleJob, Scheduler, label_distances};
use crate::error::Result;
use crate::gnn::infer::Source;
use crate::graph::Labels;
use crate::limits::Limits;
use crate::task::{Progress, Step};

/// Gives every epoch its order; first looks for a tour, step by step, where the schedule needs one.
pub(super) struct BatchOrder {
    search: Option<ScheduleJob>,
    /// The one in use, once there is no search.
    scheduler: Scheduler,
}

impl BatchOrder {
    /// Follows `config.schedule` over the batches of a plan; the whole graph is one batch.
    pub(super) fn new(
        train: &Source,
        labels: &Labels,
        config: &TrainConfig,
        limits: &Limits,
    ) -> Result<Self> {
        let new = |schedule, distances| Scheduler::new(train.len(), distances, schedule, config.seed);
        let random = || new(Schedule::Random, None);
        let Source::Plan(plan) = train else { return Ok(Self { search: None, scheduler: random()? }) };
        let distances = || label_distances(plan, Some(labels), Distance::Kl, limits).map(Arc::new);
        Ok(match config.schedule {
            Schedule::Random => Self { search: None, scheduler: random()? },
            Schedule::Sample => Self { search: None, scheduler: new(Schedule::Sample, Some(distances()?))? },
            Schedule::Order => {
                let job = ScheduleJob::new(train.len(), Some(distances()?), Schedule::Order, config.seed)?;
                Self { search: Some(job), scheduler: random()? }
            }
        })
    }

    /// Goes on with the search; `None` when there is none left.
    pub(super) fn search(&mut self, budget: u32) -> Result<Option<Progress>> {
        let Some(mut job) = self.search.take() else { return Ok(None) };
        let progress = job.step(budget)?;
        if progress.finished {
            self.scheduler = job.finish()?;
        } else {
            self.search = Some(job);
        }
        // Training itself is still to come.
        Ok(Some(Progress { finished: false, ..progress }))
    }

    /// The order of the next epoch; ends the search first.
    pub(super) fn next_epoch(&mut self) -> Result<Vec<u32>> {
        while self.search(u32::MAX)?.is_some() {}
        Ok(self.scheduler.next_epoch())
    }
}

//! Training, on the whole graph or over the batches of a plan.

use std::sync::Arc;

use super::accumulate::Accumulator;
use super::batch_order::BatchOrder;
use super::loss::{Tally, cross_entropy};
use super::plateau::PlateauWatch;
use super::stop::StopWatch;
use super::targets::{labelled, targets};
use super::{Adam, Decay, Ending, TrainConfig};
use crate::error::{Error, Result};
use crate::gnn::infer::{Source, Whole};
use crate::gnn::model::{Backward, Dropout, Pass};
use crate::gnn::{Gradients, Input, Model, Outputs};
use crate::graph::{Dataset, Features};
use crate::limits::Limits;
use crate::task::{Progress, Step};

/// One row of the history.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EpochRow {
    /// From 1.
    pub epoch: u32,
    /// Mean cross-entropy of the training nodes during the epoch, with dropout.
    pub loss: f64,
    /// Share of training nodes predicted rightly during the epoch, with dropout.
    pub train_accuracy: f64,
    /// Share of validation nodes predicted rightly after the epoch; `None` without validation nodes.
    pub val_accuracy: Option<f64>,
    /// Mean cross-entropy of the validation nodes after the epoch; `None` without validation nodes.
    pub val_loss: Option<f64>,
    /// Step size of the epoch.
    pub learning_rate: f64,
}

/// What training gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The weights of the best epoch.
    pub model: Model,
    /// Which one that was.
    pub best_epoch: u32,
    /// All epochs.
    pub history: Vec<EpochRow>,
    /// Why it has ended.
    pub ended: Ending,
}

/// A training run: one step of Adam for every batch of every epoch, or for every group of `accumulate` batches.
///
/// With the schedule `order` the stage `tour` of a [`ScheduleJob`](crate::batch::ScheduleJob) comes first. Then, in the stage `training`, each unit
/// of [`Step::step`] is one batch, of training or validation nodes. [`TrainJob::best`] may be asked at any
/// time, so that a run that is stopped or fails keeps its best weights.
pub struct TrainJob {
    config: TrainConfig,
    input: Input,
    train: Source,
    validation: Source,
    model: Model,
    adam: Adam,
    dropout: Dropout,
    order: BatchOrder,
    /// Training batches of this epoch.
    epoch_order: Vec<u32>,
    /// Batches of this epoch that are done.
    done: usize,
    train_tally: Tally,
    validation_tally: Tally,
    train_pass: Pass,
    validation_pass: Pass,
    backward: Backward,
    gradients: Gradients,
    accumulator: Accumulator,
    targets: Vec<i32>,
    history: Vec<EpochRow>,
    best: Model,
    best_epoch: u32,
    /// Validation accuracy and loss of the best epoch.
    best_score: (f64, f64),
    plateau: Option<PlateauWatch>,
    early_stop: Option<StopWatch>,
    ended: Option<Ending>,
    failed: Option<Error>,
}

impl TrainJob {
    /// Makes a run ready.
    ///
    /// # Arguments
    /// * `train`: nodes or a plan to learn from. Nodes without label take part as neighbours only.
    /// * `validation`: nodes or a plan that choose the best epoch; no nodes for "the last epoch is the best".
    ///
    /// Nodes see the whole graph with the edge weights of `config.normalization`, or, when the other side is a plan,
    /// with the whole-graph weights of that plan.
    /// # Errors
    /// `invalid_option` when `config` is out of range, no training node has a label, or a plateau or early stop has no
    /// labelled validation node to watch; `invalid_graph` without labels, for a label that is no class and for a node out
    /// of range; `shape_mismatch` without features or for a plan of another graph; `limit_exceeded` and
    /// `out_of_memory` for sizes. Later `diverged` when a loss or a weight is no longer finite.
    /// # Cost
    /// An epoch costs about three forward passes over `train` and one over `validation`. Six copies of the weights are
    /// held.
    /// # Examples
    /// ```
    /// use std::sync::Arc;
    ///
    /// use ibmb::gnn::{Outputs, TrainConfig, TrainJob};
    /// use ibmb::graph::{CsrMatrix, Dataset, Features, Graph, Labels};
    /// use ibmb::limits::Limits;
    ///
    /// // Two pairs, each with its own feature and class.
    /// let limits = Limits::default();
    /// let (graph, _) = Graph::from_edges(4, &[(0, 1), (2, 3)], &limits)?;
    /// let features = CsrMatrix::new(2, vec![0, 1, 2, 3, 4], vec![0, 0, 1, 1], vec![1.0; 4])?;
    /// let labels = Labels { values: vec![0, 0, 1, 1], class_names: vec!["a".into(), "b".into()] };
    /// let features = Some(Features::Sparse(features));
    /// let dataset = Dataset::new("pairs", graph, features, Some(labels), None, Vec::new(), Default::default())?;
    /// let (train, validation) = (Outputs::Nodes(vec![0, 2]), Outputs::Nodes(vec![1, 3]));
    /// let mut job = TrainJob::new(Arc::new(dataset), TrainConfig::default(), train, validation, &limits)?;
    /// for _ in 0..20 {
    ///     job.epoch()?;
    /// }
    /// let (model, best_epoch) = job.best();
    /// assert!(best_epoch >= 1 && model.num_classes() == 2);
    /// assert_eq!(job.history().last().unwrap().val_accuracy, Some(1.0));
    /// # Ok::<(), ibmb::Error>(())
    /// ```
    /// # Source
    /// [Kipf17] for the recipe, [Kingma15] and [Loshchilov19] for the steps, [Gasteiger22] for training over fixed batches.
    pub fn new(
        dataset: Arc<Dataset>,
        config: TrainConfig,
        train: Outputs,
        validation: Outputs,
        limits: &Limits,
    ) -> Result<Self> {
        let mut config = config;
        config.validate()?;
        let Some(labels) = &dataset.labels else {
            return Err(Error::InvalidGraph("training needs labels, the graph has none".to_owned()));
        };
        let num_features = dataset.features.as_ref().map_or(0, Features::num_columns);
        if let Some(plan) = [&train, &validation].into_iter().find_map(|outputs| match outputs {
            Outputs::Plan(plan) => Some(plan),
            Outputs::Nodes(_) => None,
        }) {
            config.normalization = plan.normalization();
        }
        let mut whole: Option<Arc<Whole>> = None;
        let mut shared = || {
            let kind = config.normalization.on_whole_graph();
            if whole.is_none() {
                whole = Some(Arc::new(Whole::new(&dataset, kind, limits)?));
            }
            Ok(whole.clone().expect("made just now"))
        };
        let train = Source::new(train, &dataset, &mut shared)?;
        let validation = Source::new(validation, &dataset, &mut shared)?;
        let num_train = labelled(&dataset, &train)?;
        if num_train.iter().all(|&count| count == 0) {
            let found =
                if train.len() == 0 { "there is no training node" } else { "no training node has a label" };
            return Err(Error::option("train", found));
        }
        if labelled(&dataset, &validation)?.iter().all(|&count| count == 0) {
            let watched =
                [("plateau", config.plateau.is_some()), ("early_stop", config.early_stop.is_some())];
            if let Some((name, _)) = watched.into_iter().find(|(_, wanted)| *wanted) {
                return Err(Error::option(name, "there is no labelled validation node to watch"));
            }
        }
        let order = BatchOrder::new(&train, labels, &config, limits)?;
        let model = Model::init(&config, num_features, dataset.num_classes(), limits)?;
        Ok(Self {
            input: Input::new(dataset, &model)?,
            adam: Adam::new(&model, config.optimizer, config.lr, config.weight_decay, Decay::Matrices)?,
            dropout: Dropout::new(config.dropout, config.seed),
            order,
            epoch_order: Vec::new(),
            done: 0,
            train_tally: Tally::default(),
            validation_tally: Tally::default(),
            train_pass: Pass::new(&model, true, limits),
            validation_pass: Pass::new(&model, false, limits),
            backward: Backward::default(),
            gradients: Gradients::zeros(&model)?,
            accumulator: Accumulator::new(&model, config.accumulate, config.loss, num_train.into_iter())?,
            targets: Vec::new(),
            history: Vec::new(),
            best: model.clone(),
            best_epoch: 0,
            best_score: (f64::NEG_INFINITY, f64::INFINITY),
            plateau: config.plateau.map(PlateauWatch::new),
            early_stop: config.early_stop.map(StopWatch::new),
            ended: None,
            failed: None,
            model,
            config,
            train,
            validation,
        })
    }

    /// Runs to the end of the epoch and gives its row.
    ///
    /// # Errors
    /// `internal` when training has ended; `diverged` when a loss or a weight is no longer finite, and then at every
    /// further call; those of the layers.
    pub fn epoch(&mut self) -> Result<EpochRow> {
        if self.ended.is_some() {
            return Err(Error::Internal(format!(
                "training: it has ended after {} epochs",
                self.history.len()
            )));
        }
        let before = self.history.len();
        while self.history.len() == before {
            self.batch()?;
        }
        Ok(self.history[before])
    }

    /// The best weights so far and their epoch: those of the greatest validation accuracy, of equal ones the smallest
    /// validation loss, then the first. Without validation nodes those of the last epoch. Before the first epoch ends
    /// the initial weights and 0.
    pub fn best(&self) -> (&Model, u32) {
        (&self.best, self.best_epoch)
    }

    /// Epochs so far.
    pub fn history(&self) -> &[EpochRow] {
        &self.history
    }

    /// Why it has ended; `None` while it goes on.
    pub fn ended(&self) -> Option<Ending> {
        self.ended
    }

    /// One batch of this epoch: the training batches in the order of the schedule, then the validation batches.
    fn batch(&mut self) -> Result<()> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let done = self.try_batch();
        self.failed = done.as_ref().err().cloned();
        done
    }

    fn try_batch(&mut self) -> Result<()> {
        let num_train = self.train.len();
        if self.done == 0 {
            self.epoch_order = self.order.next_epoch()?;
        }
        if self.done < num_train {
            self.learn(self.epoch_order[self.done] as usize, self.done + 1 == num_train)?;
        } else {
            self.validate(self.done - num_train)?;
        }
        self.done += 1;
        if self.done == num_train + self.validation.len() {
            self.close_epoch()?;
        }
        Ok(())
    }

    fn learn(&mut self, index: usize, last: bool) -> Result<()> {
        let sub = self.train.get(self.input.dataset(), index);
        let (model, input, pass) = (&self.model, &self.input, &mut self.train_pass);
        targets(input.dataset(), &sub, &mut self.targets);
        let nodes = input.nodes(&sub, index);
        pass.forward(model, nodes, &sub, index, Some(&mut self.dropout))?;
        let tally = self.backward.run(model, nodes, &sub, pass, &self.targets, &mut self.gradients)?;
        if !tally.loss.is_finite() {
            return Err(self.diverged(format!("the training loss of batch {index} is {}", tally.loss)));
        }
        self.train_tally.add(tally);
        if tally.count > 0 {
            self.accumulator.add(&self.gradients, tally.count);
        }
        if let Some(gradients) = self.accumulator.take(last) {
            self.adam.step(&mut self.model, gradients);
        }
        Ok(())
    }

    fn validate(&mut self, index: usize) -> Result<()> {
        let sub = self.validation.get(self.input.dataset(), index);
        targets(self.input.dataset(), &sub, &mut self.targets);
        let nodes = self.input.nodes(&sub, index);
        self.validation_pass.forward(&self.model, nodes, &sub, index, None)?;
        let logits = &self.validation_pass.logits;
        let tally = cross_entropy(logits, self.model.num_classes(), &self.targets, None);
        if !tally.loss.is_finite() {
            return Err(self.diverged(format!("the validation loss of batch {index} is {}", tally.loss)));
        }
        self.validation_tally.add(tally);
        Ok(())
    }

    fn close_epoch(&mut self) -> Result<()> {
        if let Some(weight) = self.model.parameters.iter().find(|weight| !weight.is_finite()) {
            return Err(self.diverged(format!("a weight is {weight}")));
        }
        let (train, validation) =
            (std::mem::take(&mut self.train_tally), std::mem::take(&mut self.validation_tally));
        let row = EpochRow {
            epoch: self.history.len() as u32 + 1,
            loss: train.mean_loss(),
            train_accuracy: train.accuracy().expect("a training node has a label"),
            val_accuracy: validation.accuracy(),
            val_loss: (validation.count > 0).then(|| validation.mean_loss()),
            learning_rate: self.adam.lr(),
        };
        let score = row.val_accuracy.zip(row.val_loss);
        let (best, best_loss) = self.best_score;
        if score.is_none_or(|(accuracy, loss)| accuracy > best || (accuracy == best && loss < best_loss)) {
            self.best_score = score.unwrap_or(self.best_score);
            self.best_epoch = row.epoch;
            self.best.parameters.copy_from_slice(&self.model.parameters);
        }
        self.history.push(row);
        self.done = 0;
        if row.epoch == self.config.epochs {
            self.ended = Some(Ending::Epochs);
        }
        if let Some((accuracy, loss)) = score {
            if let Some(watch) = &mut self.plateau {
                self.adam.set_lr(watch.next_lr(row.learning_rate, loss));
            }
            if self.early_stop.as_mut().is_some_and(|watch| watch.ends(row.epoch, accuracy)) {
                self.ended.get_or_insert(Ending::EarlyStop);
            }
        }
        Ok(())
    }

    fn diverged(&self, message: String) -> Error {
        Error::Diverged { epoch: self.history.len() as u32 + 1, lr: self.adam.lr(), message }
    }
}

impl Step for TrainJob {
    type Output = Trained;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        if let Some(progress) = self.order.search(budget)? {
            return Ok(progress);
        }
        let epoch = self.train.len() + self.validation.len();
        for _ in 0..budget {
            if self.ended.is_some() {
                break;
            }
            self.batch()?;
        }
        let done = (self.history.len() * epoch + self.done) as u64;
        let finished = self.ended.is_some();
        // An early end is the end of the work.
        let total = if finished { done } else { u64::from(self.config.epochs) * epoch as u64 };
        Ok(Progress { stage: "training", done, total, finished })
    }

    fn finish(self) -> Result<Trained> {
        let Some(ended) = self.ended else {
            let (done, all) = (self.history.len(), self.config.epochs);
            return Err(Error::Internal(format!("training: {done} of {all} epochs are done")));
        };
        Ok(Trained { model: self.best, best_epoch: self.best_epoch, history: self.history, ended })
    }
}

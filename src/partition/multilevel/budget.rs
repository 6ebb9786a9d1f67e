//! How much work a step may still do.

/// Work left in a step, in adjacency entries looked at.
pub(super) struct Budget(u64);

impl Budget {
    /// Entries of one unit of a step's budget: some microseconds.
    const UNIT: u64 = 1024;

    pub fn new(budget: u32) -> Self {
        Self(u64::from(budget) * Self::UNIT)
    }

    /// A budget for work that is small as a whole.
    pub fn endless() -> Self {
        Self(u64::MAX)
    }

    pub fn spend(&mut self, entries: usize) {
        self.0 = self.0.saturating_sub(entries as u64);
    }

    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }
}

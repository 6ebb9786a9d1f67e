//! A priority queue of nodes by gain whose entries can change.

use super::level::ABSENT;
use crate::error::Result;
use crate::limits;

/// Greatest gain first, ties to the smaller node: what comes out does not depend on the order of what went in.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// Binary heap of packed gain and node.
    heap: Vec<u64>,
    /// Position of every node in the heap, [`ABSENT`] for those outside.
    place: Vec<u32>,
}

/// Gain above, inverted node below: one comparison orders both.
fn pack(gain: i32, node: u32) -> u64 {
    (u64::from(gain as u32 ^ 0x8000_0000) << 32) | u64::from(!node)
}

fn node_of(entry: u64) -> u32 {
    !(entry as u32)
}

fn gain_of(entry: u64) -> i32 {
    ((entry >> 32) as u32 ^ 0x8000_0000) as i32
}

impl Queue {
    /// An empty queue for nodes below `num_nodes`.
    pub fn new(num_nodes: usize) -> Result<Self> {
        Ok(Self { heap: limits::reserve(num_nodes)?, place: limits::filled(num_nodes, ABSENT)? })
    }

    pub fn clear(&mut self) {
        for entry in self.heap.drain(..) {
            self.place[node_of(entry) as usize] = ABSENT;
        }
    }

    /// Greatest gain in the queue.
    pub fn top_gain(&self) -> Option<i32> {
        self.heap.first().map(|&entry| gain_of(entry))
    }

    /// Gain of a node in the queue.
    pub fn gain(&self, node: u32) -> Option<i32> {
        let place = self.place[node as usize];
        (place != ABSENT).then(|| gain_of(self.heap[place as usize]))
    }

    /// Inserts a node or changes its gain.
    pub fn set(&mut self, node: u32, gain: i32) {
        let entry = pack(gain, node);
        let place = self.place[node as usize];
        if place == ABSENT {
            self.heap.push(entry);
            self.rise(self.heap.len() - 1, entry);
        } else {
            self.settle(place as usize, entry);
        }
    }

    /// Takes a node out when it is in.
    pub fn remove(&mut self, node: u32) {
        let place = self.place[node as usize];
        if place == ABSENT {
            return;
        }
        self.place[node as usize] = ABSENT;
        if let Some(last) = self.heap.pop()
            && place as usize != self.heap.len()
        {
            self.settle(place as usize, last);
        }
    }

    pub fn pop(&mut self) -> Option<(u32, i32)> {
        let top = *self.heap.first()?;
        self.remove(node_of(top));
        Some((node_of(top), gain_of(top)))
    }

    /// Puts an entry where `at` is, or above or below it.
    fn settle(&mut self, at: usize, entry: u64) {
        if at > 0 && self.heap[(at - 1) / 2] < entry {
            self.rise(at, entry);
        } else {
            self.sink(at, entry);
        }
    }

    fn rise(&mut self, mut at: usize, entry: u64) {
        while at > 0 {
            let above = (at - 1) / 2;
            if self.heap[above] >= entry {
                break;
            }
            self.put(at, self.heap[above]);
            at = above;
        }
        self.put(at, entry);
    }

    fn sink(&mut self, mut at: usize, entry: u64) {
        loop {
            let mut below = 2 * at + 1;
            if below >= self.heap.len() {
                break;
            }
            if below + 1 < self.heap.len() && self.heap[below + 1] > self.heap[below] {
                below += 1;
            }
            if self.heap[below] <= entry {
                break;
            }
            self.put(at, self.heap[below]);
            at = below;
        }
        self.put(at, entry);
    }

    fn put(&mut self, at: usize, entry: u64) {
        self.heap[at] = entry;
        self.place[node_of(entry) as usize] = at as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greatest_gain_first_then_smallest_node() {
        let mut queue = Queue::new(6).unwrap();
        for (node, gain) in [(4, 2), (1, -3), (3, 2), (0, 7), (5, 0)] {
            queue.set(node, gain);
        }
        queue.set(5, 9);
        queue.set(0, i32::MIN);
        queue.remove(1);
        queue.remove(2);
        assert_eq!(queue.top_gain(), Some(9));
        let found: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(found, [(5, 9), (3, 2), (4, 2), (0, i32::MIN)]);
        queue.set(2, 1);
        queue.clear();
        assert_eq!(queue.pop(), None);
    }
}

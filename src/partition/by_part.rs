//! From the part of everyone to the members of every part.

/// Parts that have members, ascending, with their members, ascending.
///
/// # Cost
/// `O(m log m)` for `m` members.
/// # Example
/// ```
/// assert_eq!(ibmb::partition::by_part(&[7, 0, 7]), [(0, vec![1]), (7, vec![0, 2])]);
/// ```
pub fn by_part(part_of: &[u32]) -> Vec<(u32, Vec<u32>)> {
    let mut order: Vec<(u32, u32)> = part_of.iter().copied().zip(0..).collect();
    order.sort_unstable();
    let members = |part: &[(u32, u32)]| part.iter().map(|&(_, member)| member).collect();
    order.chunk_by(|a, b| a.0 == b.0).map(|part| (part[0].0, members(part))).collect()
}

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
    let mut order: Vec<u32> = (0..part_of.len() as u32).collect();
    order.sort_by_key(|&member| part_of[member as usize]);
    let same = |a: &u32, b: &u32| part_of[*a as usize] == part_of[*b as usize];
    order.chunk_by(same).map(|members| (part_of[members[0] as usize], members.to_vec())).collect()
}

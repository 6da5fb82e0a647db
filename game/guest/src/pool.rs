//! A list that never grows beyond its capacity.

/// Room for `N` items, kept in a fixed place: no allocation, and no index that could be out of bounds.
///
/// The items lie side by side, so that a sky with few of them is quickly looked through. What is removed is
/// replaced by the last item: the order of the items means nothing.
#[derive(Clone, Debug)]
pub struct Pool<T, const N: usize> {
    items: [Option<T>; N],
    /// How many there are; all the places behind them are empty.
    len: usize,
}

impl<T: Copy, const N: usize> Pool<T, N> {
    /// A pool without items.
    pub const fn new() -> Self {
        Self { items: [None; N], len: 0 }
    }

    /// Adds `item` when there is room. When there is none, the sky is crowded enough, and nobody misses the item.
    pub fn push(&mut self, item: T) {
        if let Some(place) = self.items.get_mut(self.len) {
            *place = Some(item);
            self.len += 1;
        }
    }

    /// Removes all items.
    pub fn clear(&mut self) {
        self.items = [None; N];
        self.len = 0;
    }

    /// Calls `keep` with every item and removes those for which it says no.
    pub fn retain(&mut self, mut keep: impl FnMut(&mut T) -> bool) {
        let mut place = 0;
        while let Some(Some(item)) = self.items.get_mut(place) {
            if keep(item) {
                place += 1;
                continue;
            }
            self.len -= 1;
            let last = self.items.get_mut(self.len).and_then(Option::take);
            if place < self.len {
                self.items[place] = last;
            }
        }
    }

    /// The items.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.get(..self.len).unwrap_or_default().iter().flatten()
    }

    /// The items, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.items.get_mut(..self.len).unwrap_or_default().iter_mut().flatten()
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Calls `meet` once with every two different items.
    pub fn for_each_pair(&mut self, mut meet: impl FnMut(&mut T, &mut T)) {
        let mut rest = self.items.get_mut(..self.len).unwrap_or_default();
        while let Some((first, others)) = rest.split_first_mut() {
            if let Some(first) = first {
                others.iter_mut().flatten().for_each(|other| meet(first, other));
            }
            rest = others;
        }
    }
}

impl<T: Copy, const N: usize> Default for Pool<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(items: &[u32]) -> Pool<u32, 4> {
        let mut pool = Pool::new();
        items.iter().for_each(|&item| pool.push(item));
        pool
    }

    #[test]
    fn a_full_pool_takes_no_more() {
        let pool = pool(&[1, 2, 3, 4, 5]);
        assert_eq!(pool.iter().copied().collect::<Vec<_>>(), [1, 2, 3, 4]);
    }

    #[test]
    fn removed_items_make_room() {
        let mut pool = pool(&[1, 2, 3, 4]);
        pool.retain(|item| *item % 2 == 0);
        assert_eq!(pool.len(), 2);
        pool.push(6);
        assert_eq!(pool.iter().copied().collect::<Vec<_>>(), [4, 2, 6]);
    }

    #[test]
    fn every_pair_meets_once() {
        let mut met = Vec::new();
        pool(&[1, 2, 3]).for_each_pair(|one, other| met.push((*one, *other)));
        assert_eq!(met, [(1, 2), (1, 3), (2, 3)]);
    }
}

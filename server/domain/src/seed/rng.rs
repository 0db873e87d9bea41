//! Random numbers that are the same everywhere and for ever: SplitMix64.

use chrono::{DateTime, Utc};
use uuid::{Builder, Uuid};

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// A stream of random numbers; forks give independent streams, so that one house does not change the next.
#[derive(Clone, Debug)]
pub(super) struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(mix(seed ^ GOLDEN))
    }

    /// The stream of a part, whatever was drawn before.
    pub fn part(seed: u64, name: &str, index: usize) -> Self {
        let start = name.bytes().fold(seed, |hash, byte| mix(hash ^ u64::from(byte)));
        Self::new(mix(start ^ (index as u64).wrapping_mul(GOLDEN)))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// 0 to `n - 1`; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        // The high half times n: no bias worth naming, no division.
        let wide = u128::from(self.next()) * n as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = usize::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from(self.below(span)).unwrap_or(0)
    }

    pub fn unit(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap_or(0)) / 4_294_967_296.0
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// An index, as often as its weight says.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        weights.len().saturating_sub(1)
    }

    /// A version 7 id of that moment: indexes grow at one end, as with real ids.
    pub fn id(&mut self, at: DateTime<Utc>) -> Uuid {
        let random = [self.next().to_le_bytes(), self.next().to_le_bytes()].concat();
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&random[..10]);
        Builder::from_unix_timestamp_millis(u64::try_from(at.timestamp_millis()).unwrap_or(0), &bytes).into_uuid()
    }

    /// As [`Rng::id`], sorted by `order` among ids of the same millisecond.
    pub fn id_in_order(&mut self, at: DateTime<Utc>, order: u8) -> Uuid {
        let mut bytes = *self.id(at).as_bytes();
        bytes[6] = 0x70;
        bytes[7] = order;
        Uuid::from_bytes(bytes)
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_for_ever() {
        let mut rng = Rng::part(1, "houses", 0);
        let first = rng.next();
        assert_eq!(first, Rng::part(1, "houses", 0).next());
        assert_ne!(first, Rng::part(1, "houses", 1).next());
        assert_ne!(first, Rng::part(2, "houses", 0).next());
        assert!((0..1000).all(|_| rng.below(7) < 7 && (3..=5).contains(&rng.between(3, 5))));
    }

    #[test]
    fn ids_sort_by_time_and_order() {
        let mut rng = Rng::new(1);
        let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let ids: Vec<_> = (0..100).map(|n| rng.id_in_order(at, n)).collect();
        assert!(ids.is_sorted());
        assert_eq!(ids[0].get_version_num(), 7);
        assert!(ids[99] < rng.id(at + chrono::TimeDelta::milliseconds(1)));
    }
}

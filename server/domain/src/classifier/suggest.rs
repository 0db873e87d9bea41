//! What a text is about, told by pieces of its words. Pure: no database, no clock, the same answer every time.
//!
//! Words are folded first, so that Russian, Uzbek Latin and Uzbek Cyrillic share their pieces. Every piece that was
//! heard with a problem speaks for it, the louder the fewer problems it was heard with; the words whose pieces spoke
//! loudest are the reason.

use model::fold;
use std::collections::HashMap;

/// Only so many words of a text are read.
const MOST_WORDS: usize = 60;
/// How sharply scores part into confidences; measured, see the tests.
const TEMPERATURE: f32 = 8.0;
/// So many words are named as the reason.
const REASONS: usize = 3;

/// Folded words that say nothing about a problem: greetings, pleas, prepositions, how long it has lasted.
const EMPTY: &[&str] = &[
    "na",
    "iz",
    "po",
    "za",
    "so",
    "ko",
    "do",
    "ot",
    "no",
    "ne",
    "my",
    "mi",
    "nas",
    "nam",
    "uje",
    "ochen",
    "zdravstvuyte",
    "dobriy",
    "den",
    "vecher",
    "utro",
    "pojaluysta",
    "pomogite",
    "srochno",
    "prosim",
    "proshu",
    "assalomu",
    "alaykum",
    "salom",
    "iltimos",
    "rahmat",
    "spasibo",
    "va",
    "bilan",
    "ham",
    "juda",
    "tez",
    "keling",
    "kelinglar",
    "yordam",
    "bering",
    "bor",
    "bu",
    "eto",
    "chto",
    "kak",
    "to",
    "je",
    "esho",
    "opyat",
    "snova",
    "beri",
    "kundan",
    "master",
    "usta",
    "yuboring",
    "kerak",
    "etaj",
    "etajami",
    "mejdu",
    "kavat",
    "nado",
    "nujno",
    "nujen",
    "hafta",
    "kun",
    "dney",
    "dnya",
    "shekilli",
    "hammasi",
    "ves",
    "vsya",
    "mojet",
    "mojem",
    "shu",
    "shunaka",
];

/// A piece of a word as a number. The kind keeps pieces of different length apart.
fn mark(kind: u8, piece: &[u8]) -> u32 {
    piece.iter().fold(0x811c_9dc5 ^ u32::from(kind), |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// Everything by which a folded word is known: its pieces of three to five letters, the whole of it, and its skeleton,
/// which bridges spellings.
fn marks(word: &str, out: &mut Vec<u32>) {
    out.clear();
    let padded = format!("_{word}_");
    for size in 3..=5_u8 {
        out.extend(padded.as_bytes().windows(usize::from(size)).map(|piece| mark(size, piece)));
    }
    out.push(mark(8, fold::skeleton(word).as_bytes()));
    out.push(mark(9, padded.as_bytes()));
    out.sort_unstable();
    out.dedup();
}

/// The words of a text as they were written, each with its folded form; those that say nothing are left out.
fn spoken(text: &str) -> impl Iterator<Item = (&str, String)> {
    text.split(|c| !fold::is_part(c))
        .filter(|word| !word.is_empty())
        .map(|word| (word, fold::words(word)))
        .filter(|(_, folded)| {
            folded.len() > 1 && !EMPTY.contains(&folded.as_str()) && !folded.bytes().all(|b| b.is_ascii_digit())
        })
        .take(MOST_WORDS)
}

/// A class that a text may belong to, with how sure that is and why.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Guess {
    pub class: usize,
    /// 0 to 1; all guesses of a text together are 1.
    pub confidence: f32,
    pub words: Vec<String>,
}

/// Which pieces were heard with which classes. Flat tables: half a megabyte for the shipped words.
#[derive(Default)]
pub(super) struct Model {
    /// Sorted.
    keys: Vec<u32>,
    /// Where the postings of each key begin, and where the last ones end.
    starts: Vec<u32>,
    postings: Vec<(u16, f32)>,
    /// All that was heard with each class.
    sizes: Vec<f32>,
    total: f32,
}

impl Model {
    /// Learns from texts whose class is known.
    pub fn train<'a>(classes: usize, examples: impl Iterator<Item = (usize, &'a str)>) -> Self {
        let mut counts: HashMap<(u32, u16), f32> = HashMap::new();
        let mut found = Vec::new();
        for (class, text) in examples {
            let Ok(class) = u16::try_from(class) else { continue };
            for (_, word) in spoken(text) {
                marks(&word, &mut found);
                for mark in &found {
                    *counts.entry((*mark, class)).or_default() += 1.0;
                }
            }
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_unstable_by_key(|(key, _)| *key);
        let mut model = Self { sizes: vec![0.0; classes], ..Self::default() };
        for ((key, class), times) in counts {
            if model.keys.last() != Some(&key) {
                model.keys.push(key);
                model.starts.push(u32::try_from(model.postings.len()).unwrap_or(u32::MAX));
            }
            // Said a hundred times it is not a hundred times as true.
            let n = 1.0 + f32::ln_1p(times);
            model.postings.push((class, n));
            model.sizes[usize::from(class)] += n;
            model.total += n;
        }
        model.starts.push(u32::try_from(model.postings.len()).unwrap_or(u32::MAX));
        model
    }

    fn postings(&self, key: u32) -> &[(u16, f32)] {
        match self.keys.binary_search(&key) {
            Ok(i) => &self.postings[self.starts[i] as usize..self.starts[i + 1] as usize],
            Err(_) => &[],
        }
    }

    /// What one folded word says for each class; nothing when no piece of it was ever heard.
    fn hear(&self, word: &str, found: &mut Vec<u32>) -> Option<Vec<f32>> {
        marks(word, found);
        let classes = count(self.sizes.len());
        let mean = self.total / classes;
        let mut says: Option<Vec<f32>> = None;
        for postings in found.iter().map(|mark| self.postings(*mark)).filter(|p| !p.is_empty()) {
            let says = says.get_or_insert_with(|| vec![0.0; self.sizes.len()]);
            let rare = (classes / count(postings.len())).ln();
            let share = postings.iter().map(|(_, n)| n).sum::<f32>() / self.total;
            for (class, n) in postings {
                let class = usize::from(*class);
                let size = 0.5 * (self.sizes[class] + mean);
                says[class] += ((n / size + share) / share).ln() * rare;
            }
        }
        // A long word has more pieces and not more to say.
        let length = count(found.len()).sqrt();
        says.map(|says| says.into_iter().map(|s| s / length).collect())
    }

    /// The classes that are allowed, the likeliest first; empty when no word is known.
    pub fn guess(&self, text: &str, allowed: impl Fn(usize) -> bool) -> Vec<Guess> {
        let mut found = Vec::new();
        let heard: Vec<(&str, Vec<f32>)> =
            spoken(text).filter_map(|(word, folded)| Some((word, self.hear(&folded, &mut found)?))).collect();
        let classes: Vec<usize> = (0..self.sizes.len()).filter(|class| allowed(*class)).collect();
        if heard.is_empty() || classes.is_empty() {
            return Vec::new();
        }
        let score = |class: usize| heard.iter().map(|(_, says)| says[class]).sum::<f32>();
        let mut scores: Vec<(usize, f32)> = classes.into_iter().map(|class| (class, score(class))).collect();
        // Equal scores keep the order of the classifier.
        scores.sort_by(|(a, one), (b, two)| two.total_cmp(one).then(a.cmp(b)));
        let best = scores[0].1;
        if best <= 0.0 {
            return Vec::new();
        }
        let parts: Vec<f32> = scores.iter().map(|(_, score)| ((score - best) / TEMPERATURE).exp()).collect();
        let whole: f32 = parts.iter().sum();
        scores
            .iter()
            .zip(&parts)
            .take(5)
            .map(|((class, _), part)| Guess { class: *class, confidence: part / whole, words: reasons(&heard, *class) })
            .collect()
    }
}

/// The words that spoke loudest for a class, in the order of the text.
fn reasons(heard: &[(&str, Vec<f32>)], class: usize) -> Vec<String> {
    let mut loud: Vec<usize> = (0..heard.len()).filter(|i| heard[*i].1[class] > 0.0).collect();
    loud.sort_by(|a, b| heard[*b].1[class].total_cmp(&heard[*a].1[class]).then(a.cmp(b)));
    loud.truncate(REASONS);
    let top = loud.first().map_or(0.0, |i| heard[*i].1[class]);
    loud.retain(|i| heard[*i].1[class] >= top * 0.2);
    loud.sort_unstable();
    let mut words: Vec<String> = Vec::new();
    for i in loud {
        let word = heard[i].0.to_lowercase();
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

#[allow(clippy::cast_precision_loss, reason = "counts of classes and pieces")]
fn count(n: usize) -> f32 {
    n as f32
}

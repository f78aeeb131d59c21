//! Whether a series repeats, and after how many elements.
//!
//! The score of a period is its circular autocorrelation, brought to the range from the least one, 0, to that of no
//! shift, 1: that is what measured answers of Kusto are. Which periods it looks at is not published. So a period counts
//! only where it stands out from all others, and what lies between is left open, and the caller refuses.

use super::fourier::transform;
use super::percentile::percentile;
use super::regression::{Line, mean};

/// Kusto looks for no shorter period.
pub const SHORTEST_PERIOD: usize = 4;
/// How far another score must stay below the best one.
const MARGIN: f64 = 0.05;
/// Scores that differ by no more are the same.
const ROUNDING: f64 = 1e-9;
/// The score from which a period that is asked for is beyond doubt.
const BEYOND_DOUBT: f64 = 0.7;
/// A part of the power of the best period that makes no period beside it.
const WEAK: f64 = 0.12;
/// A part of it that makes no period at all.
const NONE: f64 = 0.02;

/// What can be said about the period of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Season {
    /// It has none.
    None,
    /// It repeats after so many elements, with this score.
    Period(usize, f64),
    /// Several periods compete.
    Open,
}

/// The period of a series whose score reaches the threshold.
pub fn detect(series: &[f64], threshold: f64) -> Season {
    // An outlier or a trend must not decide, whatever the score does about them.
    let found = [series.to_vec(), without_trend(series), without_extremes(series)].map(|series| {
        match Spectrum::of(&series) {
            Some(spectrum) => spectrum.best(threshold, SHORTEST_PERIOD as f64, series.len() as f64),
            None => Season::None,
        }
    });
    match found {
        [Season::None, Season::None, Season::None] => Season::None,
        [Season::Period(first, score), Season::Period(second, _), Season::Period(third, _)]
            if first == second && second == third =>
        {
            Season::Period(first, score)
        }
        _ => Season::Open,
    }
}

/// How strongly a series repeats after each number of elements.
pub struct Spectrum {
    length: usize,
    /// The score of each period up to half the length.
    scores: Vec<f64>,
    /// The power of each number of repetitions up to half the length.
    power: Vec<f64>,
}

impl Spectrum {
    /// `None` for a series that is too short to repeat, or flat.
    pub fn of(series: &[f64]) -> Option<Self> {
        let length = series.len();
        let mean = mean(series).filter(|_| length >= 2 * SHORTEST_PERIOD)?;
        let centred: Vec<f64> = series.iter().map(|value| value - mean).collect();
        let total: f64 = centred.iter().map(|value| value * value).sum();
        if !total.is_finite() || total <= f64::EPSILON * mean.abs().max(1.0) {
            return None;
        }
        let centred: Vec<_> = centred.into_iter().map(|value| (value, 0.0)).collect();
        let power: Vec<f64> =
            transform(&centred, false).into_iter().map(|(re, im)| re * re + im * im).collect();
        let squares: Vec<_> = power.iter().map(|power| (*power, 0.0)).collect();
        let correlations: Vec<f64> =
            transform(&squares, true).into_iter().map(|(value, _)| value / total).collect();
        let least = correlations.iter().copied().fold(f64::INFINITY, f64::min);
        let half = length / 2 + 1;
        Some(Spectrum {
            length,
            scores: correlations.iter().take(half).map(|value| (value - least) / (1.0 - least)).collect(),
            power: power.into_iter().take(half).collect(),
        })
    }

    /// The longest period that the series can show: half its length.
    pub fn longest(&self) -> usize {
        self.length / 2
    }

    /// The period between two bounds that stands out.
    fn best(&self, threshold: f64, shortest: f64, longest: f64) -> Season {
        let peaks = self.peaks(shortest, longest);
        let highest = peaks.iter().map(|(_, score)| *score).fold(f64::NEG_INFINITY, f64::max);
        // The multiples of a period have its score, but for the last digits.
        let best = peaks.iter().find(|(_, score)| *score >= highest - ROUNDING);
        let Some((period, score)) = best.copied().filter(|(_, score)| *score >= threshold) else {
            return Season::None;
        };
        let stands_out =
            peaks.iter().all(|(other, high)| other.is_multiple_of(period) || *high < score - MARGIN);
        if stands_out { Season::Period(period, score) } else { Season::Open }
    }

    /// The periods whose score is higher than that of their neighbours, up to half the length.
    fn peaks(&self, shortest: f64, longest: f64) -> Vec<(usize, f64)> {
        let windows = self.scores.windows(3).enumerate();
        windows
            .filter_map(|(index, window)| {
                let period = index + 1;
                let [before, here, after] = *window else { return None };
                let inside = period >= SHORTEST_PERIOD && (shortest..=longest).contains(&(period as f64));
                (inside && 2 * period < self.length && here > before && here >= after)
                    .then_some((period, here))
            })
            .collect()
    }

    /// The most significant periods between two bounds, 0 where there are no more; `None` where that is open.
    pub fn periods(&self, shortest: f64, longest: f64, count: usize) -> Option<Vec<(f64, f64)>> {
        let Season::Period(period, score) = self.best(BEYOND_DOUBT, shortest, longest) else { return None };
        let own = self.length as f64 / period as f64;
        let near = |number: usize| (number as f64 - own).abs() <= 1.0;
        let strongest = self.power_where(near);
        if count > 1 && self.power_where(|number| !near(number)) > WEAK * strongest {
            return None;
        }
        let mut found = vec![(0.0, 0.0); count];
        if let Some(first) = found.first_mut() {
            *first = (period as f64, score);
        }
        Some(found)
    }

    /// The score of a period; `None` where it is open whether it is one.
    pub fn score(&self, period: f64) -> Option<f64> {
        if !(SHORTEST_PERIOD as f64..=self.length as f64 / 2.0).contains(&period) {
            return Some(0.0);
        }
        let longest = self.length as f64;
        if let Season::Period(best, score) = self.best(BEYOND_DOUBT, SHORTEST_PERIOD as f64, longest)
            && best as f64 == period
        {
            return Some(score);
        }
        let own = longest / period;
        let around = self.power_where(|number| (number as f64 - own).abs() < 1.0);
        (around <= NONE * self.power_where(|_| true)).then_some(0.0)
    }

    /// The highest power of the numbers of repetitions of possible periods that fulfil a condition.
    fn power_where(&self, holds: impl Fn(usize) -> bool) -> f64 {
        let numbers = 2..=self.length / SHORTEST_PERIOD;
        numbers
            .filter(|number| holds(*number))
            .filter_map(|number| self.power.get(number))
            .copied()
            .fold(0.0, f64::max)
    }
}

fn without_trend(series: &[f64]) -> Vec<f64> {
    match Line::fit(series) {
        Some(line) => series.iter().enumerate().map(|(x, y)| y - line.at(x)).collect(),
        None => series.to_vec(),
    }
}

fn without_extremes(series: &[f64]) -> Vec<f64> {
    let mut sorted = series.to_vec();
    sorted.sort_by(f64::total_cmp);
    match percentile(&sorted, 5.0).zip(percentile(&sorted, 95.0)) {
        Some((low, high)) => series.iter().map(|value| value.max(low).min(high)).collect(),
        None => series.to_vec(),
    }
}

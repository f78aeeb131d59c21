//! Whether a series repeats, and after how many elements.
//!
//! Kusto's own score is not published. So only what any reasonable score must agree on is decided: a series whose
//! autocorrelation stays low has no period, and one whose autocorrelation is high even when the shorter overlap of far
//! apart parts counts against it has one. What lies between is left open, and the caller refuses.

use super::percentile::percentile;
use super::regression::{Line, mean};

/// Kusto looks for no shorter period.
const SHORTEST_PERIOD: usize = 4;
/// How far below the threshold an autocorrelation must stay to rule a period out.
const MARGIN: f64 = 0.05;

/// What can be said about the period of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Season {
    /// It has none.
    None,
    /// It repeats after so many elements.
    Period(usize),
    /// The score lies too near the threshold, or several periods compete.
    Open,
}

/// The period of a series whose score reaches the threshold.
pub fn detect(series: &[f64], threshold: f64) -> Season {
    // An outlier or a trend must not decide, whatever the score does about them.
    let found = [series.to_vec(), without_trend(series), without_extremes(series)]
        .map(|series| detect_in(&series, threshold));
    match found {
        [first, second, third] if first == second && second == third => first,
        _ => Season::Open,
    }
}

/// A place where the autocorrelation has a peak.
struct Peak {
    period: usize,
    /// Divided by the number of pairs.
    high: f64,
    /// Divided by the number of elements.
    low: f64,
}

fn detect_in(series: &[f64], threshold: f64) -> Season {
    let peaks: Vec<Peak> = peaks(series).into_iter().filter(|peak| peak.high >= threshold - MARGIN).collect();
    if peaks.is_empty() {
        return Season::None;
    }
    let wins = |best: &&Peak| {
        best.low >= threshold
            && peaks.iter().filter(|other| other.period != best.period).all(|other| {
                let multiple = other.period.is_multiple_of(best.period) && other.high <= best.high + MARGIN;
                multiple || best.low > other.high
            })
    };
    peaks.iter().find(wins).map_or(Season::Open, |peak| Season::Period(peak.period))
}

fn peaks(series: &[f64]) -> Vec<Peak> {
    let length = series.len();
    let Some(mean) = mean(series).filter(|_| length >= 2 * SHORTEST_PERIOD) else { return Vec::new() };
    let centred: Vec<f64> = series.iter().map(|value| value - mean).collect();
    let power: f64 = centred.iter().map(|value| value * value).sum();
    if power <= f64::EPSILON * mean.abs().max(1.0) {
        return Vec::new();
    }
    let low = |lag: usize| {
        let products = centred.iter().zip(centred.iter().skip(lag)).map(|(a, b)| a * b);
        products.sum::<f64>() / power
    };
    let high = |lag: usize| low(lag) * length as f64 / (length - lag) as f64;
    let highs: Vec<f64> = (0..=length / 2 + 1).map(high).collect();
    highs
        .windows(3)
        .enumerate()
        .filter_map(|(index, window)| {
            let period = index + 1;
            let [before, here, after] = *window else { return None };
            (period >= SHORTEST_PERIOD && here > before && here >= after).then(|| Peak {
                period,
                high: here,
                low: here * (length - period) as f64 / length as f64,
            })
        })
        .collect()
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

//! Least squares: a line, and a polynomial.

/// A line through a series over the positions 0, 1, 2, ..
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// What y gains from one position to the next.
    pub slope: f64,
    /// y at position 0.
    pub interception: f64,
}

impl Line {
    /// The line that fits best; `None` for fewer than two points.
    pub fn fit(y: &[f64]) -> Option<Self> {
        if y.len() < 2 {
            return None;
        }
        let middle = (y.len() - 1) as f64 / 2.0;
        let mean = mean(y)?;
        let (mut products, mut squares) = (0.0, 0.0);
        for (x, y) in y.iter().enumerate() {
            let x = x as f64 - middle;
            products += x * (y - mean);
            squares += x * x;
        }
        let slope = products / squares;
        Some(Line { slope, interception: mean - slope * middle })
    }

    /// y at a position.
    pub fn at(self, x: usize) -> f64 {
        self.interception + self.slope * x as f64
    }
}

/// How well a fit describes a series: the variances are those of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// 1 for a perfect fit.
    pub rsquare: f64,
    /// Of the series.
    pub variance: f64,
    /// Of what the fit leaves over.
    pub rvariance: f64,
}

impl Quality {
    /// Compares a series with its fit; `None` for fewer than two points.
    pub fn of(y: &[f64], fit: &[f64]) -> Option<Self> {
        if y.len() < 2 {
            return None;
        }
        let mean = mean(y)?;
        let freedom = (y.len() - 1) as f64;
        let variance = y.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / freedom;
        let rvariance = y.iter().zip(fit).map(|(y, fit)| (y - fit).powi(2)).sum::<f64>() / freedom;
        Some(Quality { rsquare: 1.0 - rvariance / variance, variance, rvariance })
    }
}

/// The average; `None` of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The middle value, the average of the two middle ones of an even number; `None` of nothing.
pub fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    Some(if values.len().is_multiple_of(2) { (values.get(middle - 1)? + upper) / 2.0 } else { upper })
}

/// The coefficients of the polynomial that fits best, the highest power first. `None` where there are not more points
/// than powers, or the points do not determine it.
pub fn polynomial(x: &[f64], y: &[f64], degree: usize) -> Option<Vec<f64>> {
    let columns = degree + 1;
    if x.len() != y.len() || x.len() < columns {
        return None;
    }
    // The powers of x made orthogonal one after the other, twice, which keeps the digits that the powers would lose.
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(columns);
    // For every power, how much of each earlier vector it holds, and the length of what is new in it.
    let mut shares: Vec<Vec<f64>> = Vec::with_capacity(columns);
    for power in 0..columns {
        let mut vector: Vec<f64> = x.iter().map(|x| x.powi(power as i32)).collect();
        let mut share = vec![0.0; power];
        for _ in 0..2 {
            for (earlier, share) in basis.iter().zip(&mut share) {
                let part = dot(earlier, &vector);
                *share += part;
                vector.iter_mut().zip(earlier).for_each(|(value, earlier)| *value -= part * earlier);
            }
        }
        let length = dot(&vector, &vector).sqrt();
        if length.is_nan() || length <= f64::EPSILON {
            return None;
        }
        vector.iter_mut().for_each(|value| *value /= length);
        share.push(length);
        basis.push(vector);
        shares.push(share);
    }
    let mut coefficients = vec![0.0; columns];
    for power in (0..columns).rev() {
        let known: f64 =
            (power + 1..columns).map(|higher| shares[higher][power] * coefficients[higher]).sum();
        coefficients[power] = (dot(&basis[power], y) - known) / shares[power][power];
    }
    coefficients.reverse();
    Some(coefficients)
}

/// The value of a polynomial whose highest power comes first.
pub fn evaluate(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |value, coefficient| value * x + coefficient)
}

/// The sum of the products.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

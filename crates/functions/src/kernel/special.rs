//! Special functions: the incomplete beta function and what is made of it.

/// How often the continued fraction is refined; it converges in far fewer steps for parameters up to 10,000.
const MOST_STEPS: usize = 10_000;
const PRECISION: f64 = 1e-16;
/// Stands for a denominator of zero.
const TINY: f64 = 1e-300;

/// The regularized incomplete beta function I_x(a, b), the share of a beta distribution below x; NaN where x lies
/// outside 0 to 1.
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    if !(0.0..=1.0).contains(&x) {
        return f64::NAN;
    }
    if x == 0.0 || x == 1.0 {
        return x;
    }
    let front = (a * x.ln() + b * (-x).ln_1p() - log_beta(a, b)).exp();
    // The fraction converges fast below the mean; above it the complement is taken.
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(x, a, b) / a
    } else {
        1.0 - front * fraction(1.0 - x, b, a) / b
    }
}

/// The density of a beta distribution.
pub fn beta_pdf(x: f64, a: f64, b: f64) -> f64 {
    ((a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - log_beta(a, b)).exp()
}

/// The x below which a share of a beta distribution lies.
pub fn beta_inv(share: f64, a: f64, b: f64) -> f64 {
    if share >= 1.0 {
        return 1.0;
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    // The function rises, so halving the interval finds the value; it ends when no double lies between the bounds.
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return high;
        }
        if beta_cdf(middle, a, b) < share { low = middle } else { high = middle }
    }
}

/// The probability that Student's t with so many degrees of freedom lies at least as far from 0 as `t`.
pub fn two_sided_t(t: f64, freedom: f64) -> f64 {
    beta_cdf(freedom / (freedom + t * t), freedom / 2.0, 0.5)
}

fn log_beta(a: f64, b: f64) -> f64 {
    libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b)
}

/// The continued fraction of the incomplete beta function, by the modified method of Lentz.
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    let guarded = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / guarded(1.0 - (a + b) * x / (a + 1.0));
    let mut result = d;
    for step in 1..=MOST_STEPS {
        let m = step as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guarded(1.0 + even * d);
        c = guarded(1.0 + even / c);
        result *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guarded(1.0 + odd * d);
        c = guarded(1.0 + odd / c);
        let change = d * c;
        result *= change;
        if (change - 1.0).abs() < PRECISION {
            break;
        }
    }
    result
}

//! Chance and distributions: rand, the gamma and beta families, erf, Welch's test.

use std::hash::{BuildHasher, Hasher};

use crate::column::Output;
use crate::function::{Function, Overload, Param};
use crate::kernel::special;
use crate::row;

use datafusion::arrow::array::ArrayRef;
use kql_types::ScalarType;

use crate::adapter::{kernel, next_input};

/// Beyond this a parameter of the beta distribution gives NaN, as in Kusto.
const LARGEST_PARAMETER: f64 = 10_000.0;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "rand",
            "A random real from 0 to below 1; with a number n, a random whole number from 0 to n - 1 as a real.",
            &[("rand() < 1", "True"), ("rand(1)", "0"), ("rand(1000) >= 0", "True")],
        )
        .volatile()
        .on(Overload::kernel(vec![], ScalarType::Real, kernel(|_, rows| Ok(random(rows, |_| Some(None))))))
        .on(Overload::kernel(
            vec![Param::is("number", ScalarType::Long)],
            ScalarType::Real,
            kernel(|inputs, rows| {
                let numbers = next_input(&mut inputs.iter())?.view::<i64>()?;
                Ok(random(rows, |row| numbers.get(row).map(Some)))
            }),
        )),
        Function::new("gamma", "The gamma function.", &[("gamma(5)", "24")])
            .keeps_name()
            .on(row!(|number: f64| -> f64 { libm::tgamma(number) })),
        Function::new("loggamma", "The natural logarithm of the size of the gamma function.", &[(
            "round(loggamma(5), 6)",
            "3.178054",
        )])
        .keeps_name()
        .on(row!(|number: f64| -> f64 { libm::lgamma(number) })),
        Function::new("erf", "The error function.", &[("round(erf(1), 6)", "0.842701"), ("erf(0)", "0")])
            .keeps_name()
            .on(row!(|number: f64| -> f64 { libm::erf(number) })),
        Function::new("erfc", "The complementary error function, 1 less erf.", &[("erfc(0)", "1")])
            .keeps_name()
            .on(row!(|number: f64| -> f64 { libm::erfc(number) })),
        Function::new(
            "beta_cdf",
            "The share of a beta distribution that lies below x. NaN where x is outside 0 to 1, or a parameter is above \
             10,000.",
            &[("round(beta_cdf(0.9, 10.0, 20.0), 9)", "1"), ("beta_cdf(1.5, 10, 20)", "NaN")],
        )
        .on(row!(|x: f64, alpha: f64, beta: f64| -> f64 {
            if alpha > LARGEST_PARAMETER || beta > LARGEST_PARAMETER {
                f64::NAN
            } else {
                special::beta_cdf(x, alpha, beta)
            }
        })),
        Function::new(
            "beta_inv",
            "The x below which a share of a beta distribution lies. Null where a parameter is not above 0; NaN where the \
             share is not in 0 to 1 or is 0.",
            &[("round(beta_inv(0.5, 2, 2), 6)", "0.5"), ("beta_inv(0.5, 0, 2)", "")],
        )
        .on(row!(|probability: f64, alpha: f64, beta: f64| -> Option<f64> {
            if alpha <= 0.0 || beta <= 0.0 {
                None
            } else if probability > 0.0 && probability <= 1.0 {
                Some(special::beta_inv(probability, alpha, beta))
            } else {
                Some(f64::NAN)
            }
        })),
        Function::new(
            "beta_pdf",
            "The density of a beta distribution at x. NaN where x is not between 0 and 1 or a parameter is not above 0.",
            &[("round(beta_pdf(0.5, 2, 2), 6)", "1.5"), ("beta_pdf(0, 2, 2)", "NaN")],
        )
        .on(row!(|x: f64, alpha: f64, beta: f64| -> f64 {
            if x > 0.0 && x < 1.0 && alpha > 0.0 && beta > 0.0 {
                special::beta_pdf(x, alpha, beta)
            } else {
                f64::NAN
            }
        })),
        Function::new(
            "welch_test",
            "The probability that two samples of one mean differ as much as these do, after Welch's t-test, two-sided.",
            &[("welch_test(10, 2, 10, 10, 3, 12)", "1")],
        )
        .on(row!(
            |mean1: f64, variance1: f64, count1: f64, mean2: f64, variance2: f64, count2: f64| -> f64 {
                welch_test((mean1, variance1, count1), (mean2, variance2, count2))
            }
        )),
    ]
}

fn welch_test(
    (mean1, variance1, count1): (f64, f64, f64),
    (mean2, variance2, count2): (f64, f64, f64),
) -> f64 {
    let (error1, error2) = (variance1 / count1, variance2 / count2);
    let error = error1 + error2;
    let t = (mean1 - mean2) / error.sqrt();
    let freedom = error * error / (error1 * error1 / (count1 - 1.0) + error2 * error2 / (count2 - 1.0));
    special::two_sided_t(t, freedom)
}

/// A real for every row; `limit` gives the number that a whole result stays below, or `None` for a null.
fn random(rows: usize, limit: impl Fn(usize) -> Option<Option<i64>>) -> ArrayRef {
    // The standard library seeds its hashers from the system, which is all the chance that rand() promises.
    let mut state = std::hash::RandomState::new().build_hasher().finish();
    let mut builder = f64::builder(rows);
    for row in 0..rows {
        let value = match limit(row) {
            None => None,
            Some(None) => Some(fraction(next(&mut state))),
            Some(Some(limit)) if limit > 0 => Some((fraction(next(&mut state)) * limit as f64).floor()),
            Some(Some(_)) => None,
        };
        f64::append(&mut builder, value);
    }
    f64::finish(builder)
}

/// The generator SplitMix64: a counter in odd steps, whose bits are mixed.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut bits = *state;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// The upper 53 bits as a real from 0 to below 1.
fn fraction(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

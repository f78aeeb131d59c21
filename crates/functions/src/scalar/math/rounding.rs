//! Size, sign and rounding: abs, sign, round, ceiling, and tests for NaN and the infinities.

use kql_types::{decimal, scalar_type::DECIMAL_SCALE};

use crate::column::{Decimal, Timespan};
use crate::function::Function;
use crate::row;

/// No double has digits beyond these powers of ten.
const WIDEST_PRECISION: i64 = 308;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("abs", "The size of a number or timespan without its sign.", &[
            ("abs(-3)", "3"),
            ("abs(-1.5)", "1.5"),
            ("abs(-2h)", "02:00:00"),
        ])
        .keeps_name()
        .on(row!(|number: i64| -> i64 { number.wrapping_abs() }))
        .on(row!(|number: f64| -> f64 { number.abs() }))
        .on(row!(|number: Decimal| -> Decimal { Decimal(number.0.abs()) }))
        .on(row!(|number: Timespan| -> Timespan { Timespan(number.0.wrapping_abs()) })),
        Function::new("sign", "-1, 0 or 1 as a real, after the sign of the number; 0 for a null.", &[
            ("sign(-42)", "-1"),
            ("sign(0)", "0"),
            ("sign(11.2)", "1"),
            ("sign(long(null))", "0"),
        ])
        .on(row!(|number: Option<i64>| -> f64 { number.map_or(0.0, |number| number.signum() as f64) }))
        .on(row!(|number: Option<f64>| -> f64 { number.map_or(0.0, real_sign) }))
        .on(row!(|number: Option<Decimal>| -> f64 { number.map_or(0.0, |number| number.0.signum() as f64) })),
        Function::new(
            "round",
            "The number rounded to so many digits after the point, to whole tens, hundreds and so on where the precision is \
             negative. A half goes away from zero.",
            &[
                ("round(2.98765, 3)", "2.988"),
                ("round(2.15, 1)", "2.2"),
                ("round(2.15)", "2"),
                ("round(-50.55, -2)", "-100"),
                ("round(21.5, -1)", "20"),
            ],
        )
        .keeps_name()
        .on(row!(|number: f64| -> f64 { number.round() }))
        .on(row!(|number: f64, precision: i64| -> f64 { round_to(number, precision) }))
        .on(row!(|number: Decimal| -> Option<Decimal> { round_decimal(number.0, 0).map(Decimal) }))
        .on(row!(|number: Decimal, precision: i64| -> Option<Decimal> {
            round_decimal(number.0, precision).map(Decimal)
        }))
        .constant("precision"),
        Function::new("ceiling", "The smallest whole number that is not below the number.", &[
            ("ceiling(-1.1)", "-1"),
            ("ceiling(0.9)", "1"),
            ("ceiling(0)", "0"),
        ])
        .keeps_name()
        .on(row!(|number: f64| -> f64 {
            // -0.5 would become -0.
            number.ceil() + 0.0
        }))
        .on(row!(|number: Decimal| -> Option<Decimal> { ceiling_decimal(number.0).map(Decimal) })),
        Function::new("isnan", "Whether the real is not a number.", &[
            ("isnan(0.0 / 0.0)", "True"),
            ("isnan(1.0 / 0.0)", "False"),
        ])
        .on(row!(|number: f64| -> bool { number.is_nan() })),
        Function::new("isinf", "Whether the real is an infinity.", &[
            ("isinf(1.0 / 0.0)", "True"),
            ("isinf(1.0)", "False"),
        ])
        .on(row!(|number: f64| -> bool { number.is_infinite() })),
        Function::new("isfinite", "Whether the real is neither NaN nor an infinity.", &[
            ("isfinite(1.0)", "True"),
            ("isfinite(0.0 / 0.0)", "False"),
        ])
        .on(row!(|number: f64| -> bool { number.is_finite() })),
    ]
}

/// Unlike `f64::signum` it keeps zero, and NaN has none.
pub(super) fn real_sign(number: f64) -> f64 {
    if number > 0.0 {
        1.0
    } else if number < 0.0 {
        -1.0
    } else {
        0.0
    }
}

fn round_to(number: f64, precision: i64) -> f64 {
    let power = |exponent: i64| 10_f64.powi(exponent as i32);
    if precision > WIDEST_PRECISION {
        return number;
    }
    if precision < -WIDEST_PRECISION {
        return 0.0;
    }
    let rounded = if precision >= 0 {
        (number * power(precision)).round() / power(precision)
    } else {
        (number / power(-precision)).round() * power(-precision)
    };
    // A large number has no digits that far behind the point.
    if rounded.is_finite() { rounded } else { number }
}

fn round_decimal(number: i128, precision: i64) -> Option<i128> {
    let dropped = i64::from(DECIMAL_SCALE).checked_sub(precision)?;
    if dropped <= 0 {
        return Some(number);
    }
    let Some(unit) = u32::try_from(dropped).ok().and_then(|dropped| 10_i128.checked_pow(dropped)) else {
        return Some(0);
    };
    let rest = number % unit;
    let cut = number - rest;
    if rest.abs() >= unit / 2 { cut.checked_add(unit * rest.signum()) } else { Some(cut) }
}

fn ceiling_decimal(number: i128) -> Option<i128> {
    let rest = number.rem_euclid(decimal::ONE);
    if rest == 0 { Some(number) } else { (number - rest).checked_add(decimal::ONE) }
}

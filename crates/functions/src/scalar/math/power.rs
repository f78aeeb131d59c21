//! Powers, roots, exponentials and logarithms.

use crate::function::Function;
use crate::row;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("pow", "The base raised to the exponent.", &[("pow(2, 3)", "8")])
            .on(row!(|base: f64, exponent: f64| -> f64 { base.powf(exponent) })),
        Function::new(
            "sqrt",
            "The square root; null for a negative number.",
            &[("sqrt(256)", "16"), ("sqrt(-1)", "")],
        )
        .keeps_name()
        .on(row!(|number: f64| -> Option<f64> { not_negative(number).map(f64::sqrt) })),
        Function::new("exp", "e raised to the number.", &[("exp(0)", "1"), ("exp(2)", "7.38905609893065")])
            .keeps_name()
            .on(row!(|number: f64| -> f64 { number.exp() })),
        Function::new("exp2", "2 raised to the number.", &[("exp2(3)", "8")])
            .keeps_name()
            .on(row!(|number: f64| -> f64 { number.exp2() })),
        Function::new("exp10", "10 raised to the number.", &[("exp10(3)", "1000")])
            .on(row!(|number: f64| -> f64 { 10_f64.powf(number) })),
        Function::new(
            "log",
            "The natural logarithm; null for a negative number.",
            &[("round(log(5), 6)", "1.609438"), ("log(-1)", "")],
        )
        .keeps_name()
        .on(row!(|number: f64| -> Option<f64> { not_negative(number).map(f64::ln) })),
        Function::new("log2", "The logarithm to base 2; null for a negative number.", &[("log2(8)", "3")])
            .keeps_name()
            .on(row!(|number: f64| -> Option<f64> { not_negative(number).map(f64::log2) })),
        Function::new(
            "log10",
            "The logarithm to base 10; null for a negative number.",
            &[("log10(1000)", "3")],
        )
        .keeps_name()
        .on(row!(|number: f64| -> Option<f64> { not_negative(number).map(f64::log10) })),
    ]
}

fn not_negative(number: f64) -> Option<f64> {
    (number.is_nan() || number >= 0.0).then_some(number)
}

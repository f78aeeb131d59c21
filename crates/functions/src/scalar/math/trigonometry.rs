//! Angles: sin and its kin, degrees and radians.

use datafusion::logical_expr::lit;
use kql_types::ScalarType;

use crate::Typed;
use crate::function::{Function, Overload};
use crate::row;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("pi", "The constant pi.", &[("round(pi(), 6)", "3.141593")])
            .on(Overload::expand(vec![], |_| Ok(Typed::new(lit(std::f64::consts::PI), ScalarType::Real)))),
        Function::new(
            "sin",
            "The sine of an angle in radians.",
            &[("sin(0)", "0"), ("round(sin(1), 6)", "0.841471")],
        )
        .keeps_name()
        .on(row!(|number: f64| -> f64 { number.sin() })),
        Function::new(
            "cos",
            "The cosine of an angle in radians.",
            &[("cos(0)", "1"), ("round(cos(1), 6)", "0.540302")],
        )
        .keeps_name()
        .on(row!(|number: f64| -> f64 { number.cos() })),
        Function::new(
            "tan",
            "The tangent of an angle in radians.",
            &[("tan(0)", "0"), ("round(tan(1), 6)", "1.557408")],
        )
        .keeps_name()
        .on(row!(|number: f64| -> f64 { number.tan() })),
        Function::new("cot", "The cotangent of an angle in radians.", &[("round(cot(1), 6)", "0.642093")])
            .on(row!(|number: f64| -> f64 { 1.0 / number.tan() })),
        Function::new(
            "asin",
            "The angle whose sine is the number; null outside -1 to 1.",
            &[("round(asin(0.5), 6)", "0.523599"), ("asin(2)", "")],
        )
        .keeps_name()
        .on(row!(|number: f64| -> Option<f64> { in_circle(number).map(f64::asin) })),
        Function::new(
            "acos",
            "The angle whose cosine is the number; null outside -1 to 1.",
            &[("acos(1)", "0"), ("acos(-2)", "")],
        )
        .keeps_name()
        .on(row!(|number: f64| -> Option<f64> { in_circle(number).map(f64::acos) })),
        Function::new(
            "atan",
            "The angle whose tangent is the number.",
            &[("round(atan(0.5), 6)", "0.463648")],
        )
        .keeps_name()
        .on(row!(|number: f64| -> f64 { number.atan() })),
        Function::new(
            "atan2",
            "The angle between the x axis and the ray to the point (y, x).",
            &[("round(atan2(1, 1), 6)", "0.785398"), ("round(atan2(0, -1), 6)", "3.141593")],
        )
        .keeps_name()
        .on(row!(|y: f64, x: f64| -> f64 { y.atan2(x) })),
        Function::new(
            "degrees",
            "An angle in radians as degrees.",
            &[("degrees(pi() / 4)", "45"), ("degrees(pi() * 1.5)", "270")],
        )
        .on(row!(|radians: f64| -> f64 { 180.0 / std::f64::consts::PI * radians })),
        Function::new("radians", "An angle in degrees as radians.", &[("round(radians(90), 6)", "1.570796")])
            .on(row!(|degrees: f64| -> f64 { std::f64::consts::PI / 180.0 * degrees })),
    ]
}

fn in_circle(number: f64) -> Option<f64> {
    (number.is_nan() || (-1.0..=1.0).contains(&number)).then_some(number)
}

//! Longs as rows of bits.

use crate::function::Function;
use crate::row;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("binary_and", "The bits that both have.", &[("binary_and(6, 3)", "2")])
            .keeps_name()
            .on(row!(|value1: i64, value2: i64| -> i64 { value1 & value2 })),
        Function::new("binary_or", "The bits that either has.", &[("binary_or(4, 1)", "5")])
            .keeps_name()
            .on(row!(|value1: i64, value2: i64| -> i64 { value1 | value2 })),
        Function::new("binary_xor", "The bits that exactly one has.", &[("binary_xor(6, 3)", "5")])
            .keeps_name()
            .on(row!(|value1: i64, value2: i64| -> i64 { value1 ^ value2 })),
        Function::new("binary_not", "Every bit turned.", &[("binary_not(5)", "-6")])
            .keeps_name()
            .on(row!(|value: i64| -> i64 { !value })),
        Function::new(
            "binary_shift_left",
            "The bits moved left by a number modulo 64; null for a negative number.",
            &[("binary_shift_left(5, 40)", "5497558138880"), ("binary_shift_left(1, -1)", "")],
        )
        .keeps_name()
        .on(row!(|value: i64, shift: i64| -> Option<i64> { Some(value.wrapping_shl(places(shift)?)) })),
        Function::new(
            "binary_shift_right",
            "The bits moved right by a number modulo 64, the sign filling in; null for a negative number.",
            &[("binary_shift_right(5, 1)", "2"), ("binary_shift_right(1, 2)", "0")],
        )
        .keeps_name()
        .on(row!(|value: i64, shift: i64| -> Option<i64> { Some(value.wrapping_shr(places(shift)?)) })),
        Function::new("bitset_count_ones", "How many bits are set.", &[("bitset_count_ones(42)", "3")])
            .keeps_name()
            .on(row!(|value: i64| -> i64 { i64::from(value.count_ones()) })),
    ]
}

fn places(shift: i64) -> Option<u32> {
    u32::try_from(shift.checked_rem(64)?).ok()
}

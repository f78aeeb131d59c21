//! Comparing two addresses under their prefixes: ipv4_is_match, ipv6_compare and kin.

use std::cmp::Ordering;

use crate::function::Function;
use crate::kernel::ip::{V4, V6};
use crate::row;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "ipv4_is_match",
            "Whether two IPv4 addresses agree in the bits of the shortest prefix: of their own, and of the third argument. \
             Null where a text is no address.",
            &[
                ("ipv4_is_match('192.168.1.1/24', '192.168.1.255')", "True"),
                ("ipv4_is_match('192.168.1.1', '192.168.1.0', 31)", "True"),
                ("ipv4_is_match('192.168.1.1', '192.168.1.0')", "False"),
            ],
        )
        .on(row!(|ip1: &str, ip2: &str| -> Option<bool> { Some(compare_v4(ip1, ip2, None)? == Ordering::Equal) }))
        .on(row!(|ip1: &str, ip2: &str, prefix: i64| -> Option<bool> {
            Some(compare_v4(ip1, ip2, Some(prefix))? == Ordering::Equal)
        })),
        Function::new(
            "ipv4_compare",
            "-1, 0 or 1 as the first IPv4 address is below, equal to or above the second, in the bits of the shortest prefix. \
             Null where a text is no address.",
            &[
                ("ipv4_compare('192.168.1.1/24', '192.168.1.255')", "0"),
                ("ipv4_compare('192.168.1.1', '192.168.1.255')", "-1"),
                ("ipv4_compare('192.168.2.1', '192.168.1.255', 24)", "1"),
            ],
        )
        .on(row!(|ip1: &str, ip2: &str| -> Option<i64> { Some(sign(compare_v4(ip1, ip2, None)?)) }))
        .on(row!(|ip1: &str, ip2: &str, prefix: i64| -> Option<i64> {
            Some(sign(compare_v4(ip1, ip2, Some(prefix))?))
        })),
        Function::new(
            "ipv6_is_match",
            "Whether two IPv6 or IPv4 addresses agree in the bits of the shortest prefix: of their own, and of the third \
             argument, which counts 128 bits. Null where a text is no address.",
            &[
                ("ipv6_is_match('fe80::85d:e82c:9446:7994/120', 'fe80::85d:e82c:9446:7998')", "True"),
                ("ipv6_is_match('192.168.1.1', '::ffff:c0a8:0101')", "True"),
                ("ipv6_is_match('::1', '::2')", "False"),
            ],
        )
        .on(row!(|ip1: &str, ip2: &str| -> Option<bool> { Some(compare_v6(ip1, ip2, None)? == Ordering::Equal) }))
        .on(row!(|ip1: &str, ip2: &str, prefix: i64| -> Option<bool> {
            Some(compare_v6(ip1, ip2, Some(prefix))? == Ordering::Equal)
        })),
        Function::new(
            "ipv6_compare",
            "-1, 0 or 1 as the first IPv6 or IPv4 address is below, equal to or above the second, in the bits of the shortest \
             prefix. Null where a text is no address.",
            &[
                ("ipv6_compare('fe80::85d:e82c:9446:7994/120', 'fe80::85d:e82c:9446:7998')", "0"),
                ("ipv6_compare('::1', '::2')", "-1"),
            ],
        )
        .on(row!(|ip1: &str, ip2: &str| -> Option<i64> { Some(sign(compare_v6(ip1, ip2, None)?)) }))
        .on(row!(|ip1: &str, ip2: &str, prefix: i64| -> Option<i64> {
            Some(sign(compare_v6(ip1, ip2, Some(prefix))?))
        })),
    ]
}

fn compare_v4(ip1: &str, ip2: &str, prefix: Option<i64>) -> Option<Ordering> {
    let (first, second) = (V4::parse(ip1)?, V4::parse(ip2)?);
    let first = match prefix {
        Some(prefix) => first.shortened(prefix)?,
        None => first,
    };
    Some(first.compare(second))
}

fn compare_v6(ip1: &str, ip2: &str, prefix: Option<i64>) -> Option<Ordering> {
    let (first, second) = (V6::parse_comparable(ip1)?, V6::parse_comparable(ip2)?);
    let first = match prefix {
        Some(prefix) => first.shortened(prefix)?,
        None => first,
    };
    Some(first.compare(second))
}

fn sign(order: Ordering) -> i64 {
    match order {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

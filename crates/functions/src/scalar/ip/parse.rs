//! Addresses as numbers and canonical texts: parse_ipv4, format_ipv4, parse_ipv6 and kin.

use crate::function::Function;
use crate::kernel::ip::{V4, V4_BITS, V6, v4_text, v6_text};
use crate::row;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "parse_ipv4",
            "The IPv4 address as a long, without the bits behind its prefix. Null where the text is no address.",
            &[
                ("parse_ipv4('192.168.1.1')", "3232235777"),
                ("parse_ipv4('192.168.1.1/24')", "3232235776"),
                ("parse_ipv4('255.255.255.255/31')", "4294967294"),
                ("parse_ipv4('192.168.1')", ""),
            ],
        )
        .on(row!(|ip: &str| -> Option<i64> { Some(i64::from(V4::parse(ip)?.network())) })),
        Function::new(
            "parse_ipv4_mask",
            "The IPv4 address as a long, without the bits behind the shorter of its prefix and the given one. Null where the \
             text is no address.",
            &[("parse_ipv4_mask('127.0.0.1', 24)", "2130706432"), ("parse_ipv4_mask('127.0.0.1', 33)", "")],
        )
        .on(row!(|ip: &str, prefix: i64| -> Option<i64> {
            Some(i64::from(V4::parse(ip)?.shortened(prefix)?.network()))
        })),
        Function::new(
            "ipv4_netmask_suffix",
            "The length of the prefix of an IPv4 address, 32 where it has none. Null where the text is no address.",
            &[("ipv4_netmask_suffix('192.168.1.1/24')", "24"), ("ipv4_netmask_suffix('10.1.2.3')", "32")],
        )
        .on(row!(|ip: &str| -> Option<i64> { Some(i64::from(V4::parse(ip)?.prefix)) })),
        Function::new(
            "format_ipv4",
            "The text of an IPv4 address, given as text or number, without the bits behind the shorter of its prefix and the \
             given one. Empty where it is no address.",
            &[
                ("format_ipv4('192.168.1.1', 24)", "192.168.1.0"),
                ("format_ipv4('192.168.1.1/24', 32)", "192.168.1.0"),
                ("format_ipv4(3232235777)", "192.168.1.1"),
                ("format_ipv4('192.168.1.1/24', -1)", ""),
            ],
        )
        .on(row!(|ip: &str| -> Option<String> { Some(v4_text(V4::parse(ip)?.network())) }))
        .on(row!(|ip: &str, prefix: i64| -> Option<String> {
            Some(v4_text(V4::parse(ip)?.shortened(prefix)?.network()))
        }))
        .on(row!(|ip: i64| -> Option<String> { Some(v4_text(of_number(ip)?.network())) }))
        .on(row!(|ip: i64, prefix: i64| -> Option<String> {
            Some(v4_text(of_number(ip)?.shortened(prefix)?.network()))
        })),
        Function::new(
            "format_ipv4_mask",
            "Like format_ipv4, with the length of the prefix after a slash.",
            &[
                ("format_ipv4_mask('192.168.1.1', 24)", "192.168.1.0/24"),
                ("format_ipv4_mask(3232235777, 32)", "192.168.1.1/32"),
            ],
        )
        .on(row!(|ip: &str| -> Option<String> { Some(with_prefix(V4::parse(ip)?)) }))
        .on(row!(|ip: &str, prefix: i64| -> Option<String> {
            Some(with_prefix(V4::parse(ip)?.shortened(prefix)?))
        }))
        .on(row!(|ip: i64| -> Option<String> { Some(with_prefix(of_number(ip)?)) }))
        .on(row!(|ip: i64, prefix: i64| -> Option<String> {
            Some(with_prefix(of_number(ip)?.shortened(prefix)?))
        })),
        Function::new(
            "parse_ipv6",
            "An IPv6 or IPv4 address as eight groups of four hexadecimal digits, without the bits behind its prefix. Empty \
             where the text is no address.",
            &[
                ("parse_ipv6('2001:db8::10')", "2001:0db8:0000:0000:0000:0000:0000:0010"),
                ("parse_ipv6('192.168.255.255/24')", "0000:0000:0000:0000:0000:ffff:c0a8:ff00"),
                ("parse_ipv6('x')", ""),
            ],
        )
        .on(row!(|ip: &str| -> Option<String> { Some(v6_text(V6::parse(ip)?.network())) })),
        Function::new(
            "parse_ipv6_mask",
            "Like parse_ipv6, with no more than the given number of leading bits, of 128.",
            &[
                (
                    "parse_ipv6_mask('fe80::85d:e82c:9446:7994/120', 124)",
                    "fe80:0000:0000:0000:085d:e82c:9446:7900",
                ),
                ("parse_ipv6_mask('192.168.255.255', 120)", "0000:0000:0000:0000:0000:ffff:c0a8:ff00"),
            ],
        )
        .on(row!(|ip: &str, prefix: i64| -> Option<String> {
            Some(v6_text(V6::parse(ip)?.shortened(prefix)?.network()))
        })),
    ]
}

fn of_number(ip: i64) -> Option<V4> {
    Some(V4 { address: u32::try_from(ip).ok()?, prefix: V4_BITS })
}

fn with_prefix(ip: V4) -> String {
    format!("{}/{}", v4_text(ip.network()), ip.prefix)
}

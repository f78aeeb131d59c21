//! Whether an address lies in a network: ipv4_is_private, ipv4_is_in_range, ipv6_is_in_any_range and kin.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::Result;
use kql_types::ScalarType;
use kql_types::dynamic::{elements, quote, unquote};

use crate::adapter::{kernel, next_input};
use crate::column::{Input, Json, JsonText, Output};
use crate::function::{Function, Overload, Param};
use crate::kernel::ip::{V4, V6, range_to_networks, v4_text};
use crate::row;

const PRIVATE: [V4; 3] = [
    V4 { address: 0x0a00_0000, prefix: 8 },
    V4 { address: 0xac10_0000, prefix: 12 },
    V4 { address: 0xc0a8_0000, prefix: 16 },
];

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "ipv4_is_private",
            "Whether an IPv4 address lies in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16. Null where the text is no address.",
            &[
                ("ipv4_is_private('192.168.1.1/24')", "True"),
                ("ipv4_is_private('202.1.2.3')", "False"),
                ("ipv4_is_private('127.0.0.1')", "False"),
                ("ipv4_is_private('x')", ""),
            ],
        )
        .on(row!(|ip: &str| -> Option<bool> {
            let network = V4::parse(ip)?.network();
            Some(PRIVATE.iter().any(|private| private.contains(network)))
        })),
        Function::new(
            "ipv4_is_in_range",
            "Whether an IPv4 address lies in a network such as 10.0.0.0/8. Null where a text is no address.",
            &[
                ("ipv4_is_in_range('192.168.1.1', '192.168.1.255/24')", "True"),
                ("ipv4_is_in_range('192.168.2.1', '192.168.1.255/24')", "False"),
                ("ipv4_is_in_range('', '192.168.1.255/24')", ""),
            ],
        )
        .on(row!(|ip: &str, ip_range: &str| -> Option<bool> {
            let address = V4::parse(ip)?.network();
            Some(V4::parse(ip_range)?.contains(address))
        })),
        in_any_range::<V4>(
            "ipv4_is_in_any_range",
            "Whether an IPv4 address lies in any of several networks, given one by one or as an array. Null where the address \
             is none, and where no network is one.",
            &[
                ("ipv4_is_in_any_range('192.168.1.6', '192.168.1.1/24', '10.0.0.1/8')", "True"),
                ("ipv4_is_in_any_range('127.0.0.1', dynamic(['127.0.0.1', '192.168.1.1']))", "True"),
                ("ipv4_is_in_any_range('1.1.1.1', dynamic(['127.0.0.1', '192.168.1.1']))", "False"),
            ],
        ),
        Function::new(
            "ipv6_is_in_range",
            "Whether an IPv6 or IPv4 address lies in a network such as fe80::/10. Null where a text is no address.",
            &[
                (
                    "ipv6_is_in_range('a5e:f127:8a9d:146d:e102:b5d3:c755:abcd', \
                     'a5e:f127:8a9d:146d:e102:b5d3:c755:0000/112')",
                    "True",
                ),
                (
                    "ipv6_is_in_range('a5e:f127:8a9d:146d:e102:b5d3:c755:abcd', '0:0:0:0:0:ffff:c0a8:ac/60')",
                    "False",
                ),
            ],
        )
        .on(row!(|ip: &str, ip_range: &str| -> Option<bool> {
            let address = V6::parse(ip)?.network();
            Some(V6::parse(ip_range)?.contains(address))
        })),
        in_any_range::<V6>(
            "ipv6_is_in_any_range",
            "Whether an IPv6 or IPv4 address lies in any of several networks, given one by one or as an array. Null where the \
             address is none, and where no network is one.",
            &[
                ("ipv6_is_in_any_range('fe80::1', 'fe80::/10', '2001:db8::/32')", "True"),
                ("ipv6_is_in_any_range('::1', dynamic(['fe80::/10']))", "False"),
            ],
        ),
        Function::new(
            "ipv4_range_to_cidr_list",
            "The fewest networks that hold exactly the addresses from the first to the last, as an array. Null where a text \
             is no address or the first is above the last.",
            &[(
                "ipv4_range_to_cidr_list('1.1.128.0', '1.1.140.255')",
                "[\"1.1.128.0/21\",\"1.1.136.0/22\",\"1.1.140.0/24\"]",
            )],
        )
        .on(row!(|start_ip: &str, end_ip: &str| -> Option<JsonText> {
            let (first, last) = (V4::parse(start_ip)?.network(), V4::parse(end_ip)?.network());
            (first <= last).then(|| JsonText(network_list(first, last)))
        })),
    ]
}

fn network_list(first: u32, last: u32) -> String {
    let mut list = String::from("[");
    for network in range_to_networks(first, last) {
        if list.len() > 1 {
            list.push(',');
        }
        quote(&format!("{}/{}", v4_text(network.address), network.prefix), &mut list);
    }
    list.push(']');
    list
}

/// What V4 and V6 share here.
trait Network: Copy + Send + Sync + 'static {
    fn of(text: &str) -> Option<Self>;
    /// Whether the network of `ip` begins in this one.
    fn holds(self, ip: Self) -> bool;
}

impl Network for V4 {
    fn of(text: &str) -> Option<Self> {
        V4::parse(text)
    }
    fn holds(self, ip: Self) -> bool {
        self.contains(ip.network())
    }
}

impl Network for V6 {
    fn of(text: &str) -> Option<Self> {
        V6::parse(text)
    }
    fn holds(self, ip: Self) -> bool {
        self.contains(ip.network())
    }
}

fn in_any_range<N: Network>(
    name: &'static str,
    doc: &'static str,
    examples: &'static [(&'static str, &'static str)],
) -> Function {
    let ip = || Param::is("ip", ScalarType::String);
    Function::new(name, doc, examples)
        .on(Overload::kernel(
            vec![ip(), Param::is("ranges", ScalarType::String)],
            ScalarType::Bool,
            kernel(in_listed::<N>),
        )
        .variadic(2))
        .on(Overload::kernel(
            vec![ip(), Param::is("ranges", ScalarType::Dynamic)],
            ScalarType::Bool,
            kernel(in_array::<N>),
        ))
}

fn in_listed<N: Network>(inputs: &[Input], rows: usize) -> Result<ArrayRef> {
    let Some((ip, ranges)) = inputs.split_first() else { return Ok(bool::finish(bool::builder(0))) };
    let ips = ip.view::<&str>()?;
    let views = ranges.iter().map(Input::view::<&str>).collect::<Result<Vec<_>>>()?;
    let read =
        |row| views.iter().filter_map(|view| N::of(view.get(row).unwrap_or_default())).collect::<Vec<_>>();
    let constant = ranges.iter().all(Input::is_scalar).then(|| read(0));
    answers(
        rows,
        |row| ips.get(row),
        |row, ip| match &constant {
            Some(networks) => in_any(networks, ip),
            None => in_any(&read(row), ip),
        },
    )
}

fn in_array<N: Network>(inputs: &[Input], rows: usize) -> Result<ArrayRef> {
    let mut inputs = inputs.iter();
    let ips = next_input(&mut inputs)?.view::<&str>()?;
    let ranges = next_input(&mut inputs)?;
    let views = ranges.view::<Json>()?;
    let read = |row| views.get(row).map(|list| networks::<N>(list.0)).unwrap_or_default();
    let constant = ranges.is_scalar().then(|| read(0));
    answers(
        rows,
        |row| ips.get(row),
        |row, ip| match &constant {
            Some(networks) => in_any(networks, ip),
            None => in_any(&read(row), ip),
        },
    )
}

fn networks<N: Network>(json: &str) -> Vec<N> {
    elements(json).filter_map(|element| N::of(&unquote(element))).collect()
}

fn in_any<N: Network>(networks: &[N], ip: N) -> Option<bool> {
    if networks.is_empty() { None } else { Some(networks.iter().any(|network| network.holds(ip))) }
}

fn answers<'a, N: Network>(
    rows: usize,
    ip: impl Fn(usize) -> Option<&'a str>,
    answer: impl Fn(usize, N) -> Option<bool>,
) -> Result<ArrayRef> {
    let mut builder = bool::builder(rows);
    for row in 0..rows {
        let found = ip(row).and_then(N::of).and_then(|ip| answer(row, ip));
        bool::append(&mut builder, found);
    }
    Ok(bool::finish(builder))
}

//! IPv4 and IPv6 addresses with a prefix length, as texts give them: `10.1.2.3`, `10.0.0.0/8`, `fe80::1/64`.

use std::net::Ipv6Addr;

/// Bits of an IPv4 address.
pub const V4_BITS: u32 = 32;
/// Bits of an IPv6 address.
pub const V6_BITS: u32 = 128;
/// How far an IPv4 address lies inside an IPv6 address.
const V4_IN_V6: u32 = V6_BITS - V4_BITS;
/// An IPv4 address as an IPv6 address: ::ffff:a.b.c.d.
const MAPPED: u128 = 0xffff_0000_0000;

/// An IPv4 address and how many of its leading bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct V4 {
    /// The address as it stands, bits behind the prefix included.
    pub address: u32,
    /// 0 to 32; 32 where the text has none.
    pub prefix: u32,
}

/// An IPv6 address and how many of its leading bits count. An IPv4 text is read as `::ffff:a.b.c.d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct V6 {
    /// The address as it stands, bits behind the prefix included.
    pub address: u128,
    /// 0 to 128; 128 where the text has none. The prefix of an IPv4 notation counts from bit 96.
    pub prefix: u32,
}

impl V4 {
    /// The address of a text; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = split_prefix(text, V4_BITS)?;
        Some(V4 { address: parse_v4(address)?, prefix })
    }

    /// The same address with a prefix that is not longer than `prefix`; `None` outside 0 to 32.
    pub fn shortened(self, prefix: i64) -> Option<Self> {
        let prefix = u32::try_from(prefix).ok().filter(|prefix| *prefix <= V4_BITS)?;
        Some(V4 { prefix: self.prefix.min(prefix), ..self })
    }

    /// The address without the bits behind the prefix.
    pub fn network(self) -> u32 {
        self.address & mask(self.prefix)
    }

    /// Whether an address lies in this network.
    pub fn contains(self, address: u32) -> bool {
        address & mask(self.prefix) == self.network()
    }

    /// How two addresses compare when only the shorter of their prefixes counts.
    pub fn compare(self, other: V4) -> std::cmp::Ordering {
        let mask = mask(self.prefix.min(other.prefix));
        (self.address & mask).cmp(&(other.address & mask))
    }
}

impl V6 {
    /// The address of a text; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) =
            text.split_once('/').map_or((text, None), |(text, prefix)| (text, Some(prefix)));
        if !address.contains(':') {
            let v4 = V4::parse(text)?;
            return Some(V6 { address: MAPPED | u128::from(v4.address), prefix: v4.prefix + V4_IN_V6 });
        }
        let bits: Ipv6Addr = address.parse().ok()?;
        let prefix = match prefix {
            None => V6_BITS,
            // `::192.168.1.1/24` counts the bits of the IPv4 part.
            Some(prefix) if address.contains('.') => prefix_length(prefix, V4_BITS)? + V4_IN_V6,
            Some(prefix) => prefix_length(prefix, V6_BITS)?,
        };
        Some(V6 { address: u128::from(bits), prefix })
    }

    /// Like [`V6::parse`], but an address of the form `::a.b.c.d` becomes the IPv4 address in it, as the functions
    /// that compare take it.
    pub fn parse_comparable(text: &str) -> Option<Self> {
        let parsed = V6::parse(text)?;
        let embedded = text.contains('.') && parsed.address >> V4_BITS == 0;
        Some(if embedded { V6 { address: MAPPED | parsed.address, ..parsed } } else { parsed })
    }

    /// The same address with a prefix that is not longer than `prefix`; `None` outside 0 to 128.
    pub fn shortened(self, prefix: i64) -> Option<Self> {
        let prefix = u32::try_from(prefix).ok().filter(|prefix| *prefix <= V6_BITS)?;
        Some(V6 { prefix: self.prefix.min(prefix), ..self })
    }

    /// The address without the bits behind the prefix.
    pub fn network(self) -> u128 {
        self.address & mask_v6(self.prefix)
    }

    /// Whether an address lies in this network.
    pub fn contains(self, address: u128) -> bool {
        address & mask_v6(self.prefix) == self.network()
    }

    /// How two addresses compare when only the shorter of their prefixes counts.
    pub fn compare(self, other: V6) -> std::cmp::Ordering {
        let mask = mask_v6(self.prefix.min(other.prefix));
        (self.address & mask).cmp(&(other.address & mask))
    }
}

/// The address of a text of four numbers from 0 to 255 with nothing around them.
pub fn parse_v4(text: &str) -> Option<u32> {
    let (mut address, mut octets, mut octet, mut digits) = (0_u32, 0, 0_u32, 0);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' if digits < 3 && !(digits == 1 && octet == 0) => {
                octet = octet * 10 + u32::from(byte - b'0');
                digits += 1;
            }
            b'.' if digits > 0 && octets < 3 && octet <= 255 => {
                address = address << 8 | octet;
                (octets, octet, digits) = (octets + 1, 0, 0);
            }
            _ => return None,
        }
    }
    (octets == 3 && digits > 0 && octet <= 255).then_some(address << 8 | octet)
}

/// `a.b.c.d`.
pub fn v4_text(address: u32) -> String {
    std::net::Ipv4Addr::from(address).to_string()
}

/// Eight groups of four hexadecimal digits.
pub fn v6_text(address: u128) -> String {
    Ipv6Addr::from(address).segments().map(|segment| format!("{segment:04x}")).join(":")
}

/// The fewest networks that together hold the addresses from `first` to `last`.
pub fn range_to_networks(first: u32, last: u32) -> Vec<V4> {
    let mut networks = Vec::new();
    let (mut next, last) = (u64::from(first), u64::from(last));
    while next <= last {
        // The largest block that begins here and does not pass the end.
        let aligned = if next == 0 { V4_BITS } else { next.trailing_zeros().min(V4_BITS) };
        let fitting = (last - next + 1).ilog2();
        let bits = aligned.min(fitting);
        networks.push(V4 { address: next as u32, prefix: V4_BITS - bits });
        next += 1_u64 << bits;
    }
    networks
}

fn split_prefix(text: &str, bits: u32) -> Option<(&str, u32)> {
    match text.split_once('/') {
        None => Some((text, bits)),
        Some((address, prefix)) => Some((address, prefix_length(prefix, bits)?)),
    }
}

fn prefix_length(text: &str, bits: u32) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|prefix| digits && *prefix <= bits)
}

fn mask(prefix: u32) -> u32 {
    u32::MAX.checked_shl(V4_BITS.saturating_sub(prefix)).unwrap_or(0)
}

fn mask_v6(prefix: u32) -> u128 {
    u128::MAX.checked_shl(V6_BITS.saturating_sub(prefix)).unwrap_or(0)
}

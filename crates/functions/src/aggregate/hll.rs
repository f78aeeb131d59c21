//! The result of `hll()` as a dynamic: `[[1024,14],["-1003235211361077779"],[]]` while the hashes are few, and
//! `[[1024,14],[],["…"]]` with one character a register beyond.

use kql_types::dynamic::{self, Number};

use super::distinct::{Distinct, Precision};

/// The number that begins every result, as in Kusto's.
const MARK: &str = "1024";

/// A rank is below 64, so one of these stands for it.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The precision with so many bits; `None` when no accuracy has them.
pub fn precision_of_bits(bits: u32) -> Option<Precision> {
    (0..5).filter_map(Precision::of_accuracy).find(|precision| precision.bits == bits)
}

/// The result as text.
pub fn text(distinct: &Distinct, bits: u32) -> String {
    let mut json = format!("[[{MARK},{bits}],[");
    match distinct {
        Distinct::Registers(ranks) => {
            json.reserve(ranks.len());
            json.push_str("],[\"");
            json.extend(ranks.iter().map(|rank| char::from(DIGITS[usize::from(*rank & 63)])));
            json.push_str("\"]]");
        }
        _ => {
            let mut hashes: Vec<u64> = distinct.hashes().collect();
            hashes.sort_unstable();
            for (index, hash) in hashes.into_iter().enumerate() {
                let comma = if index > 0 { "," } else { "" };
                json.push_str(&format!("{comma}\"{}\"", hash as i64));
            }
            json.push_str("],[]]");
        }
    }
    json
}

/// What [`text`] wrote; `None` for anything else.
pub fn parse(json: &str) -> Option<(Precision, Distinct)> {
    let mut parts = dynamic::elements(json);
    let Some(Number::Long(bits)) = dynamic::number(dynamic::elements(parts.next()?).nth(1)?) else {
        return None;
    };
    let precision = precision_of_bits(u32::try_from(bits).ok()?)?;
    let mut distinct = Distinct::default();
    for hash in dynamic::elements(parts.next()?) {
        distinct.insert(dynamic::unquote(hash).parse::<i64>().ok()? as u64, precision);
    }
    if let Some(ranks) = dynamic::elements(parts.next()?).next() {
        let ranks = dynamic::unquote(ranks);
        let ranks: Option<Vec<u8>> = ranks.bytes().map(rank).collect();
        let ranks = ranks.filter(|ranks| ranks.len() == 1 << precision.bits)?;
        distinct.merge(&Distinct::Registers(ranks.into()), precision);
    }
    Some((precision, distinct))
}

fn rank(digit: u8) -> Option<u8> {
    Some(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// Several results as one; `None` where they differ in accuracy or one of them is no such result.
pub fn merge<'a>(texts: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut merged: Option<(Precision, Distinct)> = None;
    for text in texts {
        let (precision, distinct) = parse(text)?;
        match &mut merged {
            None => merged = Some((precision, distinct)),
            Some((ours, merged)) if *ours == precision => merged.merge(&distinct, precision),
            Some(_) => return None,
        }
    }
    merged.map(|(precision, distinct)| text(&distinct, precision.bits))
}

#[cfg(test)]
mod tests {
    use super::super::distinct::hash;
    use super::*;
    use kql_types::Cell;

    #[test]
    fn results_read_back() {
        let Some(precision) = Precision::of_accuracy(0) else { return };
        for count in [1, 10, 100_000] {
            let mut distinct = Distinct::default();
            for number in 0..count {
                distinct.insert(hash(Cell::Long(number)).unwrap_or_default(), precision);
            }
            let json = text(&distinct, precision.bits);
            assert!(dynamic::is_json(&json));
            let read = parse(&json).map(|(precision, distinct)| (precision, distinct.count()));
            assert_eq!(read, Some((precision, distinct.count())));
        }
    }
}

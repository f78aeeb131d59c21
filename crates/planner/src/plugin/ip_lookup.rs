//! `ipv4_lookup(table, key, network [, extra key, …] [, return_unmatched])` and `ipv6_lookup` likewise: joins addresses
//! with the networks that hold them.
//!
//! The lookup table is read once into an index by network. Each row of the input gets the rows of the table whose
//! network matches, all of them where networks overlap, and whose extra keys are equal.

use std::collections::HashMap;

use datafusion::common::{DataFusionError, Result as PlanResult};
use kql_functions::adapter::next_input;
use kql_functions::column::Input;
use kql_functions::kernel::ip::{V4, V6};
use kql_parser::ast::{Expr, ExprKind, Literal};
use kql_types::{Cell, CellReader, Column, ScalarType, text};

use super::Call;
use super::lookup::{Find, matched, widened};
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::env::Env;
use crate::frame::{Frame, column_expr};
use crate::rows::Rows;

/// An address with its prefix, the bits in the highest places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    bits: u128,
    prefix: u32,
}

impl Network {
    fn v4(text: &str) -> Option<Self> {
        V4::parse(text).map(|v4| Network { bits: u128::from(v4.address) << 96, prefix: v4.prefix })
    }

    fn v6(text: &str) -> Option<Self> {
        V6::parse_comparable(text).map(|v6| Network { bits: v6.address, prefix: v6.prefix })
    }

    fn cut(self, prefix: u32) -> u128 {
        self.bits & u128::MAX.checked_shl(128_u32.saturating_sub(prefix)).unwrap_or(0)
    }
}

/// The networks of the lookup table by prefix length and leading bits.
#[derive(Debug, Default)]
struct Index {
    by_prefix: Vec<(u32, HashMap<u128, Vec<usize>>)>,
    /// The extra keys of each row; `None` where one of them is null, which equals nothing.
    extra: Vec<Option<Vec<String>>>,
}

impl Index {
    fn add(&mut self, network: Network, row: usize) {
        let map = match self.by_prefix.iter().position(|(prefix, _)| *prefix == network.prefix) {
            Some(place) => &mut self.by_prefix[place].1,
            None => {
                self.by_prefix.push((network.prefix, HashMap::new()));
                let last = self.by_prefix.len() - 1;
                &mut self.by_prefix[last].1
            }
        };
        map.entry(network.cut(network.prefix)).or_default().push(row);
    }

    /// The rows whose network matches: the shorter of two prefixes counts.
    fn rows(&self, address: Network) -> Vec<usize> {
        let mut found = Vec::new();
        for (prefix, networks) in &self.by_prefix {
            if *prefix <= address.prefix {
                found.extend(networks.get(&address.cut(*prefix)).into_iter().flatten());
            } else {
                let shortened = Network { prefix: address.prefix, ..address };
                for (bits, rows) in networks {
                    let network = Network { bits: *bits, prefix: *prefix };
                    if network.cut(address.prefix) == shortened.cut(address.prefix) {
                        found.extend(rows);
                    }
                }
            }
        }
        found.sort_unstable();
        found
    }
}

pub(super) fn v4(binder: &mut Binder<'_>, env: &Env, frame: Frame, call: &Call<'_>) -> Result<Frame> {
    lookup(binder, env, frame, call, Network::v4, true)
}

pub(super) fn v6(binder: &mut Binder<'_>, env: &Env, frame: Frame, call: &Call<'_>) -> Result<Frame> {
    lookup(binder, env, frame, call, Network::v6, false)
}

type Read = fn(&str) -> Option<Network>;

fn lookup(
    binder: &mut Binder<'_>,
    env: &Env,
    frame: Frame,
    call: &Call<'_>,
    read: Read,
    source_first: bool,
) -> Result<Frame> {
    let (args, unmatched) = split_unmatched(binder, env, call)?;
    let [table, key, network, extra @ ..] = args else {
        let message = format!("{}() takes a table, a column here and a column there", call.name);
        return Err(semantic(codes::ARGUMENTS, call.span, message));
    };
    if let (false, Some(extra)) = (source_first, extra.first()) {
        let message = format!("{}() takes no further keys", call.name);
        return Err(semantic(codes::ARGUMENTS, extra.span, message));
    }
    let table_frame = binder.table(env, table)?;
    let key_column = text_column(binder, &frame, key)?;
    let network_column = text_column(binder, &table_frame, network)?;
    let mut extra_keys = Vec::new();
    for arg in extra {
        let (here, there) =
            (binder.column_argument(&frame, arg)?, binder.column_argument(&table_frame, arg)?);
        if here.ty != there.ty || here.ty == ScalarType::Dynamic {
            let message = format!("the key `{}` is {} here and {} there", here.name, here.ty, there.ty);
            return Err(semantic(codes::KEY_TYPE, arg.span, message));
        }
        extra_keys.push(here);
    }
    let rows = binder.rows_now(&table_frame, table.span)?;
    let index = index(&rows, &network_column, &extra_keys, read, call)?;
    let finder = Finder { index, read, types: extra_keys.iter().map(|column| column.ty).collect() };
    let serialized = frame.serialized;
    let columns = std::iter::once(&key_column).chain(&extra_keys).map(|column| column_expr(&column.name));
    let matched = matched(frame, columns.collect(), finder, unmatched, call)?;
    let without: Vec<&str> = extra_keys.iter().map(|key| key.name.as_str()).collect();
    let mut result = widened(matched, &rows, &without, source_first, call)?;
    result.serialized = serialized;
    Ok(result)
}

/// The arguments without the last one when that is `return_unmatched`, and its value.
fn split_unmatched<'a>(binder: &mut Binder<'_>, env: &Env, call: &Call<'a>) -> Result<(&'a [Expr], bool)> {
    let Some((last, rest)) = call.args.split_last() else { return Ok((call.args, false)) };
    match &last.kind {
        ExprKind::Named { names, value } if names.iter().any(|name| name.text == "return_unmatched") => {
            Ok((rest, binder.flag_argument(env, value, "return_unmatched")?))
        }
        ExprKind::Literal(Literal::Bool(_)) => {
            Ok((rest, binder.flag_argument(env, last, "return_unmatched")?))
        }
        _ => Ok((call.args, false)),
    }
}

fn text_column(binder: &Binder<'_>, frame: &Frame, arg: &Expr) -> Result<Column> {
    let column = binder.column_argument(frame, arg)?;
    if column.ty != ScalarType::String {
        let message = format!("an address is a string, and `{}` is {}", column.name, column.ty);
        return Err(semantic(codes::TYPES, arg.span, message));
    }
    Ok(column)
}

fn index(rows: &Rows, network: &Column, extra: &[Column], read: Read, call: &Call<'_>) -> Result<Index> {
    let mut index = Index::default();
    let readers = rows.readers(call.span)?;
    let place = |name: &str| rows.columns.iter().position(|column| column.name == name);
    let extra: Vec<&CellReader<'_>> =
        extra.iter().filter_map(|column| place(&column.name)).filter_map(|at| readers.get(at)).collect();
    let Some(networks) = place(&network.name).and_then(|at| readers.get(at)) else { return Ok(index) };
    for row in 0..rows.len() {
        if let Cell::String(text) = networks.get(row)
            && let Some(network) = read(text.trim())
        {
            index.add(network, row);
        }
        index.extra.push(keys_of(&extra, row));
    }
    Ok(index)
}

fn keys_of(readers: &[&CellReader<'_>], row: usize) -> Option<Vec<String>> {
    let texts = readers.iter().map(|reader| {
        let cell = reader.get(row);
        (!cell.is_null()).then(|| text::to_text(cell))
    });
    texts.collect()
}

/// The table's networks, and what the extra keys of the input are read as.
struct Finder {
    index: Index,
    read: Read,
    types: Vec<ScalarType>,
}

impl Find for Finder {
    fn find(&self, inputs: &[Input], rows: usize) -> PlanResult<Vec<Vec<usize>>> {
        let mut inputs = inputs.iter();
        let key = next_input(&mut inputs)?;
        let texts = key.view::<&str>()?;
        let extra: Vec<&Input> = inputs.collect();
        let readers = extra
            .iter()
            .zip(&self.types)
            .map(|(input, ty)| CellReader::new(input.array().as_ref(), *ty))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| DataFusionError::Internal(error.to_string()))?;
        let matches = |row: usize| {
            let mut found = match texts.get(row).and_then(|text| (self.read)(text.trim())) {
                Some(address) => self.index.rows(address),
                None => Vec::new(),
            };
            if !readers.is_empty() {
                let wanted: Option<Vec<String>> = readers
                    .iter()
                    .zip(&extra)
                    .map(|(reader, input)| {
                        let cell = reader.get(input.index(row));
                        (!cell.is_null()).then(|| text::to_text(cell))
                    })
                    .collect();
                found.retain(|&candidate| {
                    wanted.is_some() && self.index.extra.get(candidate).is_some_and(|keys| *keys == wanted)
                });
            }
            found
        };
        Ok((0..rows).map(matches).collect())
    }
}

//! Where an address is on the globe: geo_info_from_ip_address, over a database file of the MaxMind format.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use datafusion::logical_expr::Expr;
use kql_types::ScalarType;
use kql_types::dynamic::quote;
use kql_types::number::write_json_real;
use maxminddb::{Reader, geoip2};

use crate::adapter::{KernelUdf, kernel, next_input};
use crate::column::{JsonText, Output};
use crate::function::{Function, Overload, Param};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "geo_info_from_ip_address",
            "What a GeoLite2 or GeoIP2 city database says of an IPv4 or IPv6 address: a bag of country, state, city, latitude \
             and longitude as far as they are known. Null where the text is no address. It needs a database file.",
            &[],
        )
        .on(Overload::planner(vec![Param::is("ip", ScalarType::String)], Some(ScalarType::Dynamic))),
    ]
}

/// An opened database of places.
#[derive(Clone)]
pub struct LocationDatabase(Arc<Reader<Vec<u8>>>);

impl LocationDatabase {
    /// Reads the file into memory. The error says what is wrong with it.
    pub fn open(path: &Path) -> Result<Self, String> {
        Reader::open_readfile(path)
            .map(|reader| LocationDatabase(Arc::new(reader)))
            .map_err(|error| format!("{}: {error}", path.display()))
    }

    /// The call of geo_info_from_ip_address over an expression of type string.
    pub fn call(&self, ip: Expr) -> Expr {
        let database = self.clone();
        let run = kernel(move |inputs, rows| {
            let ips = next_input(&mut inputs.iter())?.view::<&str>()?;
            let mut builder = JsonText::builder(rows);
            for row in 0..rows {
                JsonText::append(&mut builder, ips.get(row).and_then(|ip| database.look_up(ip)));
            }
            Ok(JsonText::finish(builder))
        });
        let name = "geo_info_from_ip_address".to_string();
        KernelUdf::call(name, run, ScalarType::Dynamic.arrow(), false, vec![ip])
    }

    /// The bag of an address; an empty one where the database does not know it.
    fn look_up(&self, ip: &str) -> Option<JsonText> {
        let address: IpAddr = ip.parse().ok()?;
        let place =
            self.0.lookup(address).ok().and_then(|found| found.decode::<geoip2::City>().ok()).flatten();
        Some(JsonText(place.map_or_else(|| "{}".to_string(), |place| bag(&place))))
    }
}

fn bag(place: &geoip2::City) -> String {
    let state = place.subdivisions.first().and_then(|subdivision| subdivision.names.english);
    let names =
        [("country", place.country.names.english), ("state", state), ("city", place.city.names.english)];
    let numbers = [("latitude", place.location.latitude), ("longitude", place.location.longitude)];
    let mut bag = String::from("{");
    let key = |bag: &mut String, name: &str| {
        if bag.len() > 1 {
            bag.push(',');
        }
        quote(name, bag);
        bag.push(':');
    };
    for (name, value) in names {
        if let Some(value) = value {
            key(&mut bag, name);
            quote(value, &mut bag);
        }
    }
    for (name, value) in numbers {
        if let Some(value) = value {
            key(&mut bag, name);
            write_json_real(value, &mut bag);
        }
    }
    bag.push('}');
    bag
}

//! What a user agent is: parse_user_agent, over the patterns of the User Agent String Parser project.

use std::path::Path;
use std::sync::Arc;

use datafusion::logical_expr::Expr;
use kql_types::ScalarType;
use kql_types::dynamic::quote;
use uaparser::{Parser, UserAgentParser};

use crate::adapter::{KernelUdf, kernel, next_input};
use crate::column::{JsonText, Output};
use crate::function::{Function, Overload, Param};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "parse_user_agent",
            "What a user agent text says of the browser, the os or the device, or of several of them given as an array: a bag of \
             their names and versions. It needs a file of patterns, the regexes.yaml of the project ua-parser/uap-core.",
            &[],
        )
        .on(Overload::planner(
            vec![Param::is("user_agent", ScalarType::String), Param::any("look_for").constant()],
            Some(ScalarType::Dynamic),
        )),
    ]
}

/// Patterns by which user agents are told apart.
#[derive(Clone)]
pub struct UserAgents(Arc<UserAgentParser>);

/// What is asked about a user agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The browser.
    Browser,
    /// The operating system.
    Os,
    /// The device.
    Device,
}

impl Part {
    /// The part of a name that a query gives.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "browser" => Part::Browser,
            "os" => Part::Os,
            "device" => Part::Device,
            _ => return None,
        })
    }
}

impl UserAgents {
    /// Reads the file of patterns. The error says what is wrong with it.
    pub fn open(path: &Path) -> Result<Self, String> {
        let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        UserAgentParser::from_bytes(&bytes)
            .map(|parser| UserAgents(Arc::new(parser)))
            .map_err(|error| format!("{}: {error}", path.display()))
    }

    /// The call of parse_user_agent over an expression of type string.
    pub fn call(&self, user_agent: Expr, mut parts: Vec<Part>) -> Expr {
        parts.sort_unstable();
        parts.dedup();
        let name = format!("parse_user_agent/{parts:?}");
        let agents = self.clone();
        let run = kernel(move |inputs, rows| {
            let texts = next_input(&mut inputs.iter())?.view::<&str>()?;
            let mut builder = JsonText::builder(rows);
            for row in 0..rows {
                JsonText::append(&mut builder, texts.get(row).map(|text| agents.parse(text, &parts)));
            }
            Ok(JsonText::finish(builder))
        });
        KernelUdf::call(name, run, ScalarType::Dynamic.arrow(), false, vec![user_agent])
    }

    fn parse(&self, text: &str, parts: &[Part]) -> JsonText {
        let mut json = String::from("{");
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            match part {
                Part::Browser => {
                    let browser = self.0.parse_user_agent(text);
                    let fields = [
                        ("Family", Some(browser.family)),
                        ("MajorVersion", browser.major),
                        ("MinorVersion", browser.minor),
                        ("Patch", browser.patch),
                    ];
                    write_bag("Browser", &fields, &mut json);
                }
                Part::Os => {
                    let os = self.0.parse_os(text);
                    let fields = [
                        ("Family", Some(os.family)),
                        ("MajorVersion", os.major),
                        ("MinorVersion", os.minor),
                        ("Patch", os.patch),
                        ("PatchMinor", os.patch_minor),
                    ];
                    write_bag("OperatingSystem", &fields, &mut json);
                }
                Part::Device => {
                    let device = self.0.parse_device(text);
                    let fields =
                        [("Family", Some(device.family)), ("Brand", device.brand), ("Model", device.model)];
                    write_bag("Device", &fields, &mut json);
                }
            }
        }
        json.push('}');
        JsonText(json)
    }
}

/// `"name":{..}`; what is not known is an empty text.
fn write_bag(name: &str, fields: &[(&str, Option<std::borrow::Cow<'_, str>>)], out: &mut String) {
    quote(name, out);
    out.push_str(":{");
    for (index, (field, value)) in fields.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        quote(field, out);
        out.push(':');
        quote(value.as_deref().unwrap_or_default(), out);
    }
    out.push('}');
}

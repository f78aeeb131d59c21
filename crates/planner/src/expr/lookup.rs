//! Functions that ask a file which the session was given: places of addresses, kinds of user agents.

use kql_functions::scalar::string::user_agent::Part;
use kql_functions::{Typed, resolve};
use kql_parser::ast::Expr;
use kql_parser::span::Span;
use kql_types::ScalarType;
use kql_types::dynamic::{elements, tostring};

use super::{Bound, RowScope};
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};

impl Binder<'_> {
    /// `geo_info_from_ip_address(ip)`.
    pub(super) fn location(&mut self, scope: &RowScope, ip: &Expr, span: Span) -> Result<Bound> {
        let ip = self.text_to_look_up(scope, ip)?;
        let expr = match &self.options.outside.locations {
            Some(locations) => locations.call(ip.expr),
            None => return self.without_file("geo_info_from_ip_address", "a MaxMind city database", span),
        };
        Ok(Bound::new(Typed::new(expr, ScalarType::Dynamic).folded()))
    }

    /// `parse_user_agent(user_agent, look_for)`.
    pub(super) fn user_agent(
        &mut self,
        scope: &RowScope,
        user_agent: &Expr,
        look_for: &Expr,
        span: Span,
    ) -> Result<Bound> {
        let text = self.text_to_look_up(scope, user_agent)?;
        let wanted = self.constant(scope.env, look_for, "look_for")?;
        let parts: Option<Vec<Part>> = match (wanted.ty, wanted.literal_str()) {
            (ScalarType::String, Some(name)) => Part::of(name).map(|part| vec![part]),
            (ScalarType::Dynamic, Some(json)) if json.trim_start().starts_with('[') => {
                elements(json).map(|name| Part::of(&tostring(name))).collect()
            }
            _ => None,
        };
        let Some(parts) = parts.filter(|parts| !parts.is_empty()) else {
            let message = "'browser', 'os', 'device' or an array of them is expected here";
            return Err(semantic(codes::ARGUMENTS, look_for.span, message));
        };
        let expr = match &self.options.outside.user_agents {
            Some(user_agents) => user_agents.call(text.expr, parts),
            None => return self.without_file("parse_user_agent", "a file of patterns", span),
        };
        Ok(Bound::new(Typed::new(expr, ScalarType::Dynamic).folded()))
    }

    fn text_to_look_up(&mut self, scope: &RowScope, arg: &Expr) -> Result<Typed> {
        let value = self.scalar(&scope.exact(), arg)?;
        match value.ty {
            ScalarType::String => Ok(value),
            ScalarType::Dynamic => resolve::convert(value, ScalarType::String)
                .map_err(|error| self.call_error(error, arg.span, &[])),
            other => {
                let message = format!("string is expected here, not {other}");
                Err(semantic(codes::TYPES, arg.span, message))
            }
        }
    }

    /// Without data a query can be checked all the same.
    fn without_file(&self, function: &str, what: &str, span: Span) -> Result<Bound> {
        if !self.execute {
            return Ok(Bound::new(Typed::null(ScalarType::Dynamic)));
        }
        let message = format!("{function}() needs {what}, and the session was given none");
        Err(unsupported(codes::OUTSIDE, span, message))
    }
}

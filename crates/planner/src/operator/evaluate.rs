//! `evaluate plugin(args) [: (schema)]`

use kql_parser::ast::Evaluate;
use kql_parser::span::Span;

use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};
use crate::env::Env;
use crate::frame::Frame;
use crate::params::{Params, Rule};
use crate::plugin::{self, Call};
use crate::{Result, known, suggest};

/// How a cluster spreads the work; one machine runs every plugin over all rows.
const PARAMS: &[(&str, Rule)] = &[
    ("hint.distribution", Rule::NoOp),
    ("hint.remote", Rule::NoOp),
    ("hint.pass_filters", Rule::NoOp),
    ("hint.pass_filters_column", Rule::NoOp),
];

impl Binder<'_> {
    pub(crate) fn evaluate(
        &mut self,
        env: &Env,
        frame: Option<Frame>,
        evaluate: &Evaluate,
        span: Span,
    ) -> Result<Frame> {
        let params = Params::check("evaluate", &evaluate.params, PARAMS)?;
        if let Some(frame) = &frame {
            params.check_hinted_columns(frame)?;
        }
        let name = &evaluate.call.name;
        let Some(plugin) = plugin::find(&name.text) else {
            if let Some(reason) = known::plugin_reason(&name.text) {
                let message = format!("the plugin {}() {}", name.text, known::refusal(reason));
                return Err(unsupported(codes::UNSUPPORTED_FUNCTION, name.span, message));
            }
            let message = format!("there is no plugin `{}`", name.text);
            let mut error = semantic(codes::UNKNOWN_PLUGIN, name.span, message);
            error.hints.extend(suggest::hint(&name.text, known::plugins()));
            return Err(error);
        };
        let Some(frame) = frame else {
            let message = format!("the plugin {}() needs rows before it", name.text);
            return Err(semantic(codes::SHAPE, span, message));
        };
        if let (Some(_), false) = (&evaluate.schema, plugin.takes_schema) {
            let message = format!("an output schema for {}() is not built yet", name.text);
            return Err(unsupported(codes::UNSUPPORTED_FORM, name.span, message));
        }
        let call = Call {
            name: &name.text,
            span: name.span,
            args: &evaluate.call.args,
            schema: evaluate.schema.as_ref(),
        };
        let mut frame = (plugin.run)(self, env, frame, &call)?;
        frame.source_name = None;
        Ok(frame)
    }
}

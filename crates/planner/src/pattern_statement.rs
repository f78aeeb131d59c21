//! `declare pattern name = (argument:string)[path:string] { ("a").["b"] = { query }; … }`: names for tables that a
//! caller picks by texts.

use std::rc::Rc;

use kql_parser::ast::{Call, Expr, Name, PatternDecl};
use kql_parser::span::Span;
use kql_types::ScalarType;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::env::{Binding, Env, Pattern, PatternCase};
use crate::frame::Frame;

impl Binder<'_> {
    /// Binds the declaration of a pattern.
    pub(crate) fn declare_pattern(&mut self, env: &Env, declared: &PatternDecl) -> Result<Env> {
        let name = &declared.name.text;
        let mut pattern =
            Pattern { name: name.clone(), arity: None, has_path: false, rules: Vec::new(), env: env.clone() };
        if let Some(definition) = &declared.definition {
            for parameter in definition.parameters.iter().chain(&definition.path) {
                let ty = self.declared_type(&parameter.type_name)?;
                if ty != ScalarType::String {
                    let message = format!("an argument of a pattern is a string, not {ty}");
                    return Err(semantic(codes::TYPES, parameter.type_name.span, message));
                }
            }
            pattern.arity = Some(definition.parameters.len());
            pattern.has_path = definition.path.is_some();
            for rule in &definition.rules {
                if rule.values.len() != definition.parameters.len() || rule.path.is_some() != pattern.has_path
                {
                    let message = format!("the rule does not have the arguments of the pattern `{name}`");
                    return Err(semantic(codes::STATEMENT, rule.span, message));
                }
                let values = rule
                    .values
                    .iter()
                    .chain(&rule.path)
                    .map(|value| self.pattern_value(env, value))
                    .collect::<Result<Vec<_>>>()?;
                if pattern.rules.iter().any(|known| known.values == values) {
                    let message = format!("the pattern `{name}` has this rule twice");
                    return Err(semantic(codes::STATEMENT, rule.span, message));
                }
                pattern.rules.push(PatternCase { values, body: rule.body.clone() });
            }
        }
        Ok(env.with(name, Binding::Pattern(Rc::new(pattern))))
    }

    /// The pattern that a call invokes.
    pub(crate) fn invoked_pattern<'e>(
        &self,
        env: &'e Env,
        expr: &'e Expr,
    ) -> Option<(&'e Rc<Pattern>, &'e Call)> {
        let kql_parser::ast::ExprKind::Call(call) = &expr.kind else { return None };
        match env.get(&call.name.text) {
            Some(Binding::Pattern(pattern)) => Some((pattern, call)),
            _ => None,
        }
    }

    /// The rows of a call, with the path behind it.
    pub(crate) fn pattern_rows(
        &mut self,
        env: &Env,
        pattern: &Rc<Pattern>,
        call: &Call,
        path: Option<&Name>,
        span: Span,
    ) -> Result<Frame> {
        let mut values = Vec::new();
        for arg in &call.args {
            values.push(self.pattern_value(env, arg)?);
        }
        let arguments = values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", ");
        values.extend(path.map(|path| path.text.clone()));
        let fits = pattern.arity.is_none_or(|arity| arity == call.args.len());
        let rule = pattern.rules.iter().find(|rule| rule.values == values);
        let Some(rule) = rule.filter(|_| fits && path.is_some() == pattern.has_path) else {
            let path = path.map_or(String::new(), |path| format!(".['{}']", path.text));
            let message = format!("the pattern {}({arguments}){path} is not declared", pattern.name);
            return Err(semantic(codes::STATEMENT, span, message));
        };
        self.nested(span, |binder| {
            let (inner, last) = binder.statements(&pattern.env, &rule.body)?;
            match last {
                Some(expr) => binder.table(&inner, expr),
                None => Err(semantic(codes::STATEMENT, span, "the rule of the pattern gives no rows")),
            }
        })
    }

    fn pattern_value(&mut self, env: &Env, expr: &Expr) -> Result<String> {
        let value = self.constant(env, expr, "an argument of a pattern")?;
        match value.literal_str() {
            Some(text) if value.ty == ScalarType::String => Ok(text.to_string()),
            _ => {
                let message = format!("an argument of a pattern is a string, not {}", value.ty);
                Err(semantic(codes::TYPES, expr.span, message))
            }
        }
    }
}

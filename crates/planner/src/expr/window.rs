//! Functions over the rows around: prev, next, row_number and their kin.

use std::cell::RefCell;
use std::rc::Rc;

use datafusion::logical_expr::{Expr as PlanExpr, LogicalPlanBuilder};
use kql_functions::{Function, Typed, resolve};
use kql_parser::ast::Call;
use kql_parser::span::Span;
use kql_types::ScalarType;

use super::{Bound, RowScope};
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic, unsupported};
use crate::frame::{Frame, column_expr};
use crate::node;
use crate::node::window::{Window, WindowCall, WindowFunction};

/// The functions of this module; the last is the one that the match below leaves over.
const FUNCTIONS: [&str; 7] =
    ["row_number", "row_cumsum", "row_rank_dense", "row_rank_min", "prev", "next", "row_window_session"];

/// What an operator collects while its expressions are bound: the calls of window functions, which
/// [`Binder::windowed`] then computes below it.
#[derive(Clone, Default)]
pub(crate) struct WindowScope(Rc<RefCell<Vec<Collected>>>);

/// A call with the expressions of its arguments.
#[derive(Debug, Clone, PartialEq)]
struct Collected {
    function: WindowFunction,
    ty: ScalarType,
    args: Vec<Typed>,
    /// One more than the highest level of the calls inside the arguments.
    level: usize,
}

impl WindowScope {
    fn column(number: usize) -> String {
        format!("$window{number}")
    }

    /// Whether no call was collected.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Adds a call; the expression that reads its result comes back.
    fn add(&self, function: WindowFunction, ty: ScalarType, args: Vec<Typed>) -> Typed {
        let mut calls = self.0.borrow_mut();
        let inside = args.iter().flat_map(|arg| arg.expr.column_refs()).filter_map(|column| {
            let number = (0..calls.len()).find(|&number| Self::column(number) == column.name)?;
            calls.get(number).map(|call| call.level + 1)
        });
        let level = inside.max().unwrap_or(0);
        let call = Collected { function, ty, args, level };
        // The same call twice is computed once.
        let number = calls.iter().position(|known| *known == call).unwrap_or(calls.len());
        if number == calls.len() {
            calls.push(call);
        }
        Typed::new(column_expr(&Self::column(number)), ty)
    }
}

impl Binder<'_> {
    /// A call that only the planner can answer.
    pub(crate) fn window_call(
        &mut self,
        scope: &RowScope,
        function: &Function,
        call: &Call,
        span: Span,
    ) -> Result<Bound> {
        let name = function.name;
        if !FUNCTIONS.contains(&name) {
            let message = format!("the function {name}() is not built yet");
            return Err(unsupported(codes::UNSUPPORTED_FUNCTION, call.name.span, message));
        }
        if !scope.serialized {
            let message = format!("{name}() needs rows in order, and nothing has put these in one");
            let mut error = semantic(codes::NOT_SERIALIZED, call.name.span, message);
            error.hints.push("put `sort by …` or `serialize` before".to_string());
            return Err(error);
        }
        let Some(windows) = &scope.windows else {
            let message = format!("{name}() at this place is not built yet");
            let mut error = unsupported(codes::UNSUPPORTED_FORM, call.name.span, message);
            error.hints.push("compute it with extend before".to_string());
            return Err(error);
        };
        let exact = scope.exact();
        let args = call.args.iter().map(|arg| self.scalar(&exact, arg)).collect::<Result<Vec<_>>>()?;
        let spans: Vec<Span> = call.args.iter().map(|arg| arg.span).collect();
        let (_, overload) =
            resolve::choose(function, &args).map_err(|error| self.call_error(error, span, &spans))?;
        let mut args = args
            .into_iter()
            .enumerate()
            .map(|(index, arg)| match overload.param(index).map(|param| param.ty) {
                Some(kql_functions::ParamType::Is(ty)) => {
                    let place = spans.get(index).copied().unwrap_or(span);
                    resolve::convert(arg, ty).map_err(|error| self.call_error(error, place, &[]))
                }
                _ => Ok(arg),
            })
            .collect::<Result<Vec<_>>>()?;
        let first = args.first().map_or(ScalarType::Long, |arg| arg.ty);
        let (function, ty) = match name {
            "row_number" => (WindowFunction::RowNumber, ScalarType::Long),
            "row_cumsum" => (WindowFunction::CumulativeSum, first),
            "row_rank_dense" => (WindowFunction::DenseRank, ScalarType::Long),
            "row_rank_min" => (WindowFunction::MinRank, ScalarType::Long),
            "prev" | "next" => {
                let place = |index: usize| spans.get(index).copied().unwrap_or(span);
                if !matches!(args.first().map(|arg| &arg.expr), Some(PlanExpr::Column(_))) {
                    let message = format!("{name}() takes a column");
                    let mut error = semantic(codes::ARGUMENTS, place(0), message);
                    error.hints.push("compute the value with extend before".to_string());
                    return Err(error);
                }
                let offset = args.get(1).map_or(Some(1), Typed::literal_i64);
                let Some(offset) = offset else {
                    let message = "the offset must be a constant";
                    return Err(semantic(codes::NOT_CONSTANT, place(1), message));
                };
                let Ok(offset) = usize::try_from(offset) else {
                    let message = "a negative offset is not built yet";
                    return Err(unsupported(codes::UNSUPPORTED_FORM, place(1), message));
                };
                let default = match args.get(2) {
                    Some(default) => resolve::convert(default.clone(), first)
                        .map_err(|error| self.call_error(error, place(2), &[]))?,
                    None => Typed::null(first),
                };
                args.truncate(1);
                args.push(default);
                let function = match name {
                    "prev" => WindowFunction::Previous(offset),
                    _ => WindowFunction::Next(offset),
                };
                (function, first)
            }
            _ => (WindowFunction::Session, ScalarType::DateTime),
        };
        if matches!(function, WindowFunction::DenseRank | WindowFunction::MinRank)
            && first == ScalarType::Dynamic
        {
            let message = format!("{name}() of a dynamic is not built yet");
            return Err(unsupported(codes::UNSUPPORTED_FORM, span, message));
        }
        Ok(Bound::new(windows.add(function, ty, args)))
    }

    /// The frame over a plan that also carries the results of the window functions that were collected.
    ///
    /// A projection must follow: the plan has more columns than the frame.
    pub(crate) fn windowed(&self, mut frame: Frame, windows: &WindowScope, span: Span) -> Result<Frame> {
        let collected = windows.0.take();
        let levels = collected.iter().map(|call| call.level + 1).max().unwrap_or(0);
        for level in 0..levels {
            let mut exprs: Vec<PlanExpr> =
                frame.plan.schema().fields().iter().map(|field| column_expr(field.name())).collect();
            let mut calls = Vec::new();
            for (number, call) in collected.iter().enumerate().filter(|(_, call)| call.level == level) {
                let mut args = Vec::new();
                for (position, arg) in call.args.iter().enumerate() {
                    let name = format!("$argument{number}_{position}");
                    exprs.push(arg.expr.clone().alias(&name));
                    args.push((name, arg.ty));
                }
                let output = WindowScope::column(number);
                calls.push(WindowCall { function: call.function, output, ty: call.ty, args });
            }
            frame.plan = LogicalPlanBuilder::from(frame.plan)
                .project(exprs)
                .and_then(LogicalPlanBuilder::build)
                .and_then(|plan| node::apply(plan, Window { calls }))
                .map_err(|error| internal(span, &error))?;
        }
        Ok(frame)
    }
}

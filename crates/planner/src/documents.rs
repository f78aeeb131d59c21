//! All paths of a document in one pass.
//!
//! `d.a` and `d.b` are two calls that read the text of `d` from its beginning, and a condition on `d` below them reads it
//! a third time; of `d = parse_json(T)` the text is checked each time besides. Here the calls in a chain of filters,
//! projections and an aggregate over it become columns that [`Paths`] adds below the chain. It is done to the finished
//! plan, because a rule that moves conditions down would write the calls out again.

use std::collections::{HashMap, HashSet};

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, Result};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::{conjunction, split_conjunction_owned};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use datafusion::optimizer::{OptimizerContext, OptimizerRule};
use kql_functions::kernel::parse_json;
use kql_functions::scalar::dynamic::path::constant_path;

use crate::node::apply;
use crate::node::paths::{Paths, Step};
use crate::projections::Projections;

/// A plan that gives the same rows, in which no document is read for one path after the other.
pub(crate) fn read_once(plan: LogicalPlan) -> Result<LogicalPlan> {
    let mut names = Names::beside(&plan)?;
    let rewritten = plan.transform_down(|plan| {
        let mut changed = Transformed::no(plan);
        while let Some(plan) = with_one_document(&changed.data, &mut names)? {
            changed = Transformed::yes(plan);
        }
        Ok(changed)
    })?;
    if !rewritten.transformed {
        return Ok(rewritten.data);
    }
    // The documents themselves may be of no use any more.
    Ok(Projections::default().rewrite(rewritten.data, &OptimizerContext::new())?.data)
}

/// Names for new columns, which no column of the plan has.
struct Names {
    taken: HashSet<String>,
    number: usize,
}

impl Names {
    fn beside(plan: &LogicalPlan) -> Result<Self> {
        let mut taken = HashSet::new();
        plan.apply(|node| {
            taken.extend(node.schema().fields().iter().map(|field| field.name().clone()));
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(Names { taken, number: 0 })
    }

    fn next(&mut self) -> String {
        loop {
            self.number += 1;
            let name = format!("$path{}", self.number);
            if !self.taken.contains(&name) {
                return name;
            }
        }
    }
}

/// Where the documents of a path come from: a column below the chain.
#[derive(Debug, Clone, PartialEq)]
struct Document {
    column: Column,
    /// It holds texts that parse_json() reads.
    of_text: bool,
}

/// The columns of a plan that are documents, or texts that may be.
type Documents = HashMap<Column, Document>;

/// A node of the chain with the documents among its input's columns.
struct Link<'p> {
    node: &'p LogicalPlan,
    documents: Documents,
}

/// The paths that a node reads, in the order of its expressions.
fn paths_of(link: &Link<'_>) -> Result<Vec<(Document, Vec<Step>)>> {
    let mut paths = Vec::new();
    link.node.apply_expressions(|expr| {
        expr.apply(|expr| {
            let Some((document, path)) = path_into(expr, &link.documents) else {
                return Ok(TreeNodeRecursion::Continue);
            };
            paths.push((document, path));
            Ok(TreeNodeRecursion::Jump)
        })
    })?;
    Ok(paths)
}

fn path_into(expr: &Expr, documents: &Documents) -> Option<(Document, Vec<Step>)> {
    let (target, path) = constant_path(expr)?;
    Some((document(target, documents)?, path.iter().map(Step::from).collect()))
}

/// The document that an expression is, whole.
fn document(expr: &Expr, documents: &Documents) -> Option<Document> {
    match expr {
        Expr::Column(column) => documents.get(column).cloned(),
        Expr::Alias(alias) => document(&alias.expr, documents),
        _ => {
            let text = document(parse_json::text_of(expr)?, documents)?;
            Some(Document { of_text: true, ..text })
        }
    }
}

/// The chain below and with a node, from its lowest link up; empty where the node has no part in one.
fn chain(top: &LogicalPlan) -> Vec<Link<'_>> {
    let mut nodes = Vec::new();
    let mut at = top;
    while let LogicalPlan::Projection(_) | LogicalPlan::Filter(_) | LogicalPlan::Aggregate(_) = at {
        if nodes.is_empty() || !matches!(at, LogicalPlan::Aggregate(_)) {
            nodes.push(at);
        } else {
            break;
        }
        let [input] = at.inputs()[..] else { break };
        at = input;
    }
    // An operator's columns have no qualifiers that could tell them apart.
    let fields = at.schema().fields();
    if fields.iter().map(|field| field.name()).collect::<HashSet<_>>().len() < fields.len() {
        return Vec::new();
    }
    let texts = at.schema().iter().filter(|(_, field)| field.data_type() == &DataType::Utf8View);
    let mut documents: Documents = texts
        .map(Column::from)
        .map(|column| (column.clone(), Document { column: unqualified(&column), of_text: false }))
        .collect();
    let mut links = Vec::new();
    for node in nodes.into_iter().rev() {
        let below = documents;
        documents = match node {
            LogicalPlan::Projection(projection) => projection
                .schema
                .columns()
                .into_iter()
                .zip(&projection.expr)
                .filter_map(|(column, expr)| Some((column, document(expr, &below)?)))
                .collect(),
            _ => below.clone(),
        };
        links.push(Link { node, documents: below });
    }
    links
}

/// The plan with the paths of one document read together; `None` where no document gains by it.
fn with_one_document(top: &LogicalPlan, names: &mut Names) -> Result<Option<LogicalPlan>> {
    let links = chain(top);
    let used = links.iter().map(paths_of).collect::<Result<Vec<_>>>()?;
    let mut seen: Vec<&Document> = Vec::new();
    for (document, _) in used.iter().flatten() {
        if seen.contains(&document) {
            continue;
        }
        seen.push(document);
        let own: Vec<Vec<&Vec<Step>>> = used
            .iter()
            .map(|paths| paths.iter().filter(|(other, _)| other == document).map(|(_, path)| path).collect())
            .collect();
        let Some((from, paths)) = worth(&links, &own, document) else { continue };
        let paths = paths.into_iter().map(|path| (path, names.next()));
        let operator =
            Paths { source: document.column.name.clone(), of_text: document.of_text, paths: paths.collect() };
        return rebuild(top, &links[from..], document, operator).map(Some);
    }
    Ok(None)
}

/// The link below which the document is best read, and the paths that are read of it from there on.
fn worth(
    links: &[Link<'_>],
    own: &[Vec<&Vec<Step>>],
    document: &Document,
) -> Option<(usize, Vec<Vec<Step>>)> {
    // A text is checked anyway. In a dynamic one path is found quicker alone, which matters where it drops rows.
    let few = if document.of_text { 0 } else { 1 };
    let drops_first = |(link, paths): &(&Link<'_>, &Vec<&Vec<Step>>)| {
        matches!(link.node, LogicalPlan::Filter(_)) && distinct(paths.iter().copied()).len() <= few
    };
    let from = links.iter().zip(own).take_while(drops_first).count();
    let paths = distinct(own.get(from..)?.iter().flatten().copied());
    (paths.len() > few).then(|| (from, paths.into_iter().cloned().collect()))
}

fn distinct<'s>(paths: impl Iterator<Item = &'s Vec<Step>>) -> Vec<&'s Vec<Step>> {
    let mut distinct = Vec::new();
    for path in paths {
        if !distinct.contains(&path) {
            distinct.push(path);
        }
    }
    distinct
}

/// The chain over the operator, with columns in place of paths.
fn rebuild(
    top: &LogicalPlan,
    links: &[Link<'_>],
    document: &Document,
    operator: Paths,
) -> Result<LogicalPlan> {
    let Some(input) = links.first().and_then(|link| link.node.inputs().into_iter().next()) else {
        return Ok(top.clone());
    };
    let names = operator.paths.clone();
    let column_of = |expr: &Expr, documents: &Documents| {
        let (found, path) = path_into(expr, documents)?;
        let (_, name) = names.iter().find(|(other, _)| found == *document && *other == path)?;
        Some(Expr::Column(Column::from_name(name)))
    };
    let reads =
        |expr: &Expr, documents: &Documents| expr.exists(|expr| Ok(column_of(expr, documents).is_some()));

    // What needs no path drops rows before they are read.
    let mut plan = input.clone();
    let mut conditions = None;
    if let Some(Link { node: LogicalPlan::Filter(filter), documents }) = links.first() {
        let mut later = Vec::new();
        let mut first = Vec::new();
        for condition in split_conjunction_owned(filter.predicate.clone()) {
            if reads(&condition, documents)? { later.push(condition) } else { first.push(condition) }
        }
        if let Some(first) = conjunction(first) {
            plan = LogicalPlanBuilder::from(plan).filter(first)?.build()?;
        }
        conditions = conjunction(later);
    }
    plan = apply(plan, operator)?;
    for link in links {
        let names_before = NamePreserver::new(link.node);
        let mut exprs = Vec::new();
        for expr in conditions.take().map_or_else(|| link.node.expressions(), |conditions| vec![conditions]) {
            let name = names_before.save(&expr);
            let expr = expr.transform_down(|expr| {
                Ok(match (column_of(&expr, &link.documents), expr) {
                    (Some(column), _) => Transformed::new(column, true, TreeNodeRecursion::Jump),
                    (None, Expr::Column(column)) => Transformed::yes(Expr::Column(unqualified(&column))),
                    (None, expr) => Transformed::no(expr),
                })
            })?;
            exprs.push(name.restore(expr.data));
        }
        plan = match link.node {
            LogicalPlan::Projection(_) => {
                let kept = names.iter().map(|(_, name)| Expr::Column(Column::from_name(name)));
                LogicalPlanBuilder::from(plan).project(exprs.into_iter().chain(kept))?.build()?
            }
            node => node.with_new_exprs(exprs, vec![plan])?,
        };
    }
    // The columns of the chain's end are those that it had, in name and qualifier.
    let before = top.schema().iter();
    let same = before.zip(plan.schema().columns()).map(|((qualifier, field), column)| {
        Expr::Column(column).alias_qualified(qualifier.cloned(), field.name())
    });
    LogicalPlanBuilder::from(plan.clone()).project(same.collect::<Vec<_>>())?.build()
}

/// Columns come unqualified out of an operator.
fn unqualified(column: &Column) -> Column {
    Column::from_name(&column.name)
}

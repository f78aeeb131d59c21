//! Operators as nodes.

use super::expr::{call, column_decl, expr, name, named, ordered, word};
use super::node::Node;
use super::statement::statement;
use crate::ast::{
    EdgeDirection, FindColumn, GraphMatch, GraphPatternElement, Join, MvColumn, Name, NamedExpr, Operator,
    OperatorKind, Parameter, Parse, ParsePart, PartitionBody, ReorderOrder, ScanStep, TopNestedClause,
};

/// `name=value` as one list each.
pub(super) fn parameters(params: &[Parameter]) -> impl Iterator<Item = Node> {
    params.iter().map(|parameter| Node::list("param", [name(&parameter.name), expr(&parameter.value)]))
}

/// A list of a head, parameters and items.
fn with_params(head: &str, params: &[Parameter], items: impl IntoIterator<Item = Node>) -> Node {
    Node::list(head, parameters(params).chain(items))
}

fn columns(head: &str, columns: &[NamedExpr]) -> Node {
    Node::list(head, columns.iter().map(named))
}

fn clause(head: &str, value: Option<&crate::ast::Expr>) -> Option<Node> {
    value.map(|value| Node::list(head, [expr(value)]))
}

fn alias(alias: Option<&Name>) -> Option<Node> {
    alias.map(|alias| Node::list("as", [name(alias)]))
}

pub(super) fn operator(tree: &Operator) -> Node {
    use OperatorKind as O;
    match &tree.kind {
        O::As { params, name: alias } => with_params("as", params, [name(alias)]),
        O::AssertSchema { columns } => Node::list("assert-schema", columns.iter().map(column_decl)),
        O::Consume { params } => with_params("consume", params, []),
        O::Count { params, alias: to } => with_params("count", params, alias(to.as_ref())),
        O::Distinct { params, columns } => with_params("distinct", params, columns.iter().map(named)),
        O::Evaluate(evaluate) => {
            let schema = evaluate.schema.as_ref().map(|(star, columns)| {
                let star = star.then(|| word("*"));
                Node::list("schema", star.into_iter().chain(columns.iter().map(column_decl)))
            });
            with_params("evaluate", &evaluate.params, [call(&evaluate.call)].into_iter().chain(schema))
        }
        O::ExecuteAndCache => Node::list("execute-and-cache", []),
        O::Extend { columns: list } => columns("extend", list),
        O::Facet { columns, body } => {
            let by = Node::list("by", columns.iter().map(expr));
            let body = body.as_ref().map(|body| Node::list("with", body.iter().map(operator)));
            Node::list("facet", [by].into_iter().chain(body))
        }
        O::Find(find) => {
            let tables = Node::group("in", find.tables.iter().map(expr));
            let project =
                find.project.as_ref().map(|list| Node::list("project", list.iter().map(find_column)));
            let smart = find.smart.then(|| word("project-smart"));
            let away =
                find.project_away.as_ref().map(|list| Node::list("project-away", list.iter().map(expr)));
            let predicate = [expr(&find.predicate)];
            let items = tables.into_iter().chain(predicate).chain(project).chain(smart).chain(away);
            with_params("find", &find.params, items)
        }
        O::Fork { branches } => Node::list(
            "fork",
            branches.iter().map(|branch| {
                Node::List(
                    branch.name.iter().map(name).chain(branch.operators.iter().map(operator)).collect(),
                )
            }),
        ),
        O::GetSchema { params } => with_params("getschema", params, []),
        O::GraphMarkComponents { params } => with_params("graph-mark-components", params, []),
        O::GraphMatch(graph) => graph_match("graph-match", graph),
        O::GraphShortestPaths(graph) => graph_match("graph-shortest-paths", graph),
        O::GraphToTable(graph) => Node::list(
            "graph-to-table",
            graph
                .outputs
                .iter()
                .map(|output| with_params(&output.what.text, &output.params, alias(output.alias.as_ref()))),
        ),
        O::GraphWhereEdges { predicate } => Node::list("graph-where-edges", [expr(predicate)]),
        O::GraphWhereNodes { predicate } => Node::list("graph-where-nodes", [expr(predicate)]),
        O::Invoke { call } => Node::list("invoke", [expr(call)]),
        O::Join(tree) => join("join", tree),
        O::Lookup(tree) => join("lookup", tree),
        O::MacroExpand(expand) => {
            let body = expand.body.iter().map(statement);
            let items = [expr(&expand.group)].into_iter().chain(alias(expand.alias.as_ref())).chain(body);
            with_params("macro-expand", &expand.params, items)
        }
        O::MakeGraph(graph) => {
            let nodes = graph
                .nodes
                .iter()
                .map(|nodes| Node::list("with", [expr(&nodes.table), Node::list("on", [name(&nodes.key)])]));
            let id = graph.node_id.as_ref().map(|id| Node::list("with_node_id", [name(id)]));
            let parts = graph.partitioned_by.as_ref().map(|(key, body)| {
                Node::list("partitioned-by", [expr(key)].into_iter().chain(body.iter().map(operator)))
            });
            let ends = [expr(&graph.source), expr(&graph.target)];
            with_params("make-graph", &graph.params, ends.into_iter().chain(nodes).chain(id).chain(parts))
        }
        O::MakeSeries(series) => {
            let aggregates = series.aggregates.iter().map(|(aggregate, default)| match default {
                Some(value) => Node::list("default", [named(aggregate), expr(value)]),
                None => named(aggregate),
            });
            let items = [Node::list("on", [named(&series.on)])]
                .into_iter()
                .chain(series.in_range.then(|| word("in-range")))
                .chain(clause("from", series.from.as_ref()))
                .chain(clause("to", series.to.as_ref()))
                .chain(clause("step", series.step.as_ref()))
                .chain(Node::group("by", series.by.iter().map(named)));
            with_params("make-series", &series.params, aggregates.chain(items))
        }
        O::MvApply(apply) => {
            let items = apply
                .columns
                .iter()
                .map(mv_column)
                .chain(clause("limit", apply.limit.as_ref()))
                .chain(clause("id", apply.id.as_ref()))
                .chain([Node::list("on", apply.body.iter().map(operator))]);
            with_params("mv-apply", &apply.params, items)
        }
        O::MvExpand(expand) => {
            let items = expand.columns.iter().map(mv_column).chain(clause("limit", expand.limit.as_ref()));
            with_params("mv-expand", &expand.params, items)
        }
        O::Parse(tree) => parse("parse", tree),
        O::ParseKv(parse) => {
            let keys = Node::list("as", parse.columns.iter().map(column_decl));
            let with = Node::group("with", parameters(&parse.properties));
            with_params("parse-kv", &parse.params, [expr(&parse.source), keys].into_iter().chain(with))
        }
        O::ParseWhere(tree) => parse("parse-where", tree),
        O::Partition(partition) => {
            let body = match &partition.body {
                PartitionBody::Operators(body) => Node::list("operators", body.iter().map(operator)),
                PartitionBody::Query(query) => Node::list("query", [expr(query)]),
            };
            with_params("partition", &partition.params, [Node::list("by", [expr(&partition.by)]), body])
        }
        O::Print { columns: list } => columns("print", list),
        O::Project { columns: list } => columns("project", list),
        O::ProjectAway { columns } => Node::list("project-away", columns.iter().map(expr)),
        O::ProjectByNames { columns } => Node::list("project-by-names", columns.iter().map(expr)),
        O::ProjectKeep { columns } => Node::list("project-keep", columns.iter().map(expr)),
        O::ProjectRename { columns: list } => columns("project-rename", list),
        O::ProjectReorder { columns } => Node::list(
            "project-reorder",
            columns.iter().map(|column| match column.order {
                None => expr(&column.column),
                Some(order) => Node::List(vec![
                    expr(&column.column),
                    word(match order {
                        ReorderOrder::Asc => "asc",
                        ReorderOrder::Desc => "desc",
                        ReorderOrder::GrannyAsc => "granny-asc",
                        ReorderOrder::GrannyDesc => "granny-desc",
                    }),
                ]),
            }),
        ),
        O::Range(range) => {
            Node::list("range", [name(&range.name), expr(&range.from), expr(&range.to), expr(&range.step)])
        }
        O::Reduce(reduce) => {
            let with = Node::group("with", parameters(&reduce.properties));
            with_params(
                "reduce",
                &reduce.params,
                [Node::list("by", [expr(&reduce.by)])].into_iter().chain(with),
            )
        }
        O::Render(render) => {
            let properties = render
                .properties
                .iter()
                .map(|(property, values)| Node::list(&property.text, values.iter().map(expr)));
            Node::list("render", [name(&render.chart)].into_iter().chain(properties))
        }
        O::Sample { params, count } => with_params("sample", params, [expr(count)]),
        O::SampleDistinct { params, count, of } => {
            with_params("sample-distinct", params, [expr(count), Node::list("of", [named(of)])])
        }
        O::Scan(scan) => {
            let items = Node::group("order-by", scan.order_by.iter().map(ordered))
                .into_iter()
                .chain(Node::group("partition-by", scan.partition_by.iter().map(expr)))
                .chain(Node::group("declare", scan.declare.iter().map(column_decl)))
                .chain(scan.steps.iter().map(scan_step));
            with_params("scan", &scan.params, items)
        }
        O::Search(search) => {
            let tables = Node::group("in", search.tables.iter().map(expr));
            with_params("search", &search.params, tables.into_iter().chain([expr(&search.predicate)]))
        }
        O::Serialize { params, columns } => with_params("serialize", params, columns.iter().map(named)),
        O::Sort { params, by } => with_params("sort", params, by.iter().map(ordered)),
        O::Summarize(summarize) => {
            let aggregates = summarize.aggregates.iter().map(named);
            let by = Node::group("by", summarize.by.iter().map(named));
            with_params("summarize", &summarize.params, aggregates.chain(by))
        }
        O::Take { params, count } => with_params("take", params, [expr(count)]),
        O::Top { params, count, by } => {
            with_params("top", params, [expr(count), Node::list("by", by.iter().map(ordered))])
        }
        O::TopHitters { params, count, of, by } => {
            let by = by.as_ref().map(|by| Node::list("by", [named(by)]));
            with_params(
                "top-hitters",
                params,
                [expr(count), Node::list("of", [named(of)])].into_iter().chain(by),
            )
        }
        O::TopNested { clauses } => Node::list("top-nested", clauses.iter().map(top_nested)),
        O::Union(union) => with_params("union", &union.params, union.tables.iter().map(expr)),
        O::Where { params, predicate } => with_params("where", params, [expr(predicate)]),
    }
}

fn join(head: &str, join: &Join) -> Node {
    let on = Node::group("on", join.on.iter().map(expr));
    with_params(head, &join.params, [expr(&join.right)].into_iter().chain(on))
}

fn find_column(column: &FindColumn) -> Node {
    match column {
        FindColumn::Column(column, None) => name(column),
        FindColumn::Column(column, Some(type_name)) => word(format!("{}:{}", column.text, type_name.text)),
        FindColumn::PackAll => word("pack(*)"),
    }
}

fn mv_column(column: &MvColumn) -> Node {
    match &column.to_type {
        Some(type_name) => Node::list("to", [named(&column.column), word(&type_name.text)]),
        None => named(&column.column),
    }
}

fn parse(head: &str, parse: &Parse) -> Node {
    let parts = parse.pattern.iter().map(|part| match part {
        ParsePart::Skip(_) => word("*"),
        ParsePart::Text(text, _) => word(format!("{text:?}")),
        ParsePart::Column { name: column, type_name: None } => name(column),
        ParsePart::Column { name: column, type_name: Some(type_name) } => {
            word(format!("{}:{}", column.text, type_name.text))
        }
    });
    with_params(head, &parse.params, [expr(&parse.source), Node::list("with", parts)])
}

fn scan_step(step: &ScanStep) -> Node {
    let optional = step.optional.then(|| word("optional"));
    let output = step.output.as_ref().map(|output| Node::list("output", [name(output)]));
    let assignments = step.assignments.iter().map(|(left, right)| Node::list("=", [name(left), expr(right)]));
    let items = [name(&step.name)].into_iter().chain(optional).chain(output).chain([expr(&step.condition)]);
    Node::list("step", items.chain(assignments))
}

fn top_nested(level: &TopNestedClause) -> Node {
    let order = level.ascending.map(|ascending| word(if ascending { "asc" } else { "desc" }));
    let items = clause("take", level.count.as_ref())
        .into_iter()
        .chain([Node::list("of", [named(&level.of)])])
        .chain(clause("others", level.others.as_ref()))
        .chain([Node::list("by", [named(&level.by)].into_iter().chain(order))]);
    Node::list("level", items)
}

fn graph_match(head: &str, graph: &GraphMatch) -> Node {
    let patterns =
        graph.patterns.iter().map(|pattern| Node::list("pattern", pattern.iter().map(pattern_element)));
    let predicate = clause("where", graph.predicate.as_ref());
    let project = graph.project.as_ref().map(|list| columns("project", list));
    with_params(head, &graph.params, patterns.chain(predicate).chain(project))
}

fn pattern_element(element: &GraphPatternElement) -> Node {
    match element {
        GraphPatternElement::Node(node) => Node::list("node", node.iter().map(name)),
        GraphPatternElement::Edge { name: edge, direction, range } => {
            let arrow = match direction {
                EdgeDirection::Forward => "-->",
                EdgeDirection::Backward => "<--",
                EdgeDirection::Any => "--",
            };
            let hops = range.as_ref().map(|hops| Node::list("hops", [expr(&hops.0), expr(&hops.1)]));
            Node::list("edge", [word(arrow)].into_iter().chain(edge.as_ref().map(name)).chain(hops))
        }
    }
}

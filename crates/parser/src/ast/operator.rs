//! Tabular operators, one variant each.

use super::*;

/// A tabular operator with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Operator {
    /// What it is.
    pub kind: OperatorKind,
    /// The keyword as written: `filter`, `order`, `mvexpand`.
    pub keyword: Span,
    /// The whole operator, without the pipe.
    pub span: Span,
}

/// The operators. Old spellings share the variant of the new one.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum OperatorKind {
    As { params: Vec<Parameter>, name: Name },
    AssertSchema { columns: Vec<ColumnDecl> },
    Consume { params: Vec<Parameter> },
    Count { params: Vec<Parameter>, alias: Option<Name> },
    Distinct { params: Vec<Parameter>, columns: Vec<NamedExpr> },
    Evaluate(Evaluate),
    ExecuteAndCache,
    Extend { columns: Vec<NamedExpr> },
    Facet { columns: Vec<Expr>, body: Option<Vec<Operator>> },
    Find(Find),
    Fork { branches: Vec<ForkBranch> },
    GetSchema { params: Vec<Parameter> },
    GraphMarkComponents { params: Vec<Parameter> },
    GraphMatch(GraphMatch),
    GraphShortestPaths(GraphMatch),
    GraphToTable(GraphToTable),
    GraphWhereEdges { predicate: Expr },
    GraphWhereNodes { predicate: Expr },
    Invoke { call: Expr },
    Join(Join),
    Lookup(Join),
    MacroExpand(MacroExpand),
    MakeGraph(MakeGraph),
    MakeSeries(MakeSeries),
    MvApply(MvApply),
    MvExpand(MvExpand),
    Parse(Parse),
    ParseKv(ParseKv),
    ParseWhere(Parse),
    Partition(Partition),
    Print { columns: Vec<NamedExpr> },
    Project { columns: Vec<NamedExpr> },
    ProjectAway { columns: Vec<Expr> },
    ProjectByNames { columns: Vec<Expr> },
    ProjectKeep { columns: Vec<Expr> },
    ProjectRename { columns: Vec<NamedExpr> },
    ProjectReorder { columns: Vec<ReorderColumn> },
    Range(Range),
    Reduce(Reduce),
    Render(Render),
    Sample { params: Vec<Parameter>, count: Expr },
    SampleDistinct { params: Vec<Parameter>, count: Expr, of: NamedExpr },
    Scan(Scan),
    Search(Search),
    Serialize { params: Vec<Parameter>, columns: Vec<NamedExpr> },
    Sort { params: Vec<Parameter>, by: Vec<OrderedExpr> },
    Summarize(Summarize),
    Take { params: Vec<Parameter>, count: Expr },
    Top { params: Vec<Parameter>, count: Expr, by: Vec<OrderedExpr> },
    TopHitters { params: Vec<Parameter>, count: Expr, of: NamedExpr, by: Option<NamedExpr> },
    TopNested { clauses: Vec<TopNestedClause> },
    Union(Union),
    Where { params: Vec<Parameter>, predicate: Expr },
}

/// `evaluate params plugin(args) [: schema]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluate {
    /// Hints.
    pub params: Vec<Parameter>,
    /// The plugin.
    pub call: Call,
    /// The declared output; the flag says that it begins with `*`.
    pub schema: Option<(bool, Vec<ColumnDecl>)>,
}

/// `find [params] [in (tables)] where predicate [project …]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Find {
    /// `withsource=…`, `datascope=…`.
    pub params: Vec<Parameter>,
    /// `in (…)`.
    pub tables: Vec<Expr>,
    /// The predicate.
    pub predicate: Expr,
    /// `project …`.
    pub project: Option<Vec<FindColumn>>,
    /// `project-smart`.
    pub smart: bool,
    /// `project-away …`.
    pub project_away: Option<Vec<Expr>>,
}

/// A column of `find … project`.
#[derive(Debug, Clone, PartialEq)]
pub enum FindColumn {
    /// `name` or `name:type`.
    Column(Name, Option<Name>),
    /// `pack(*)`, and `pack_all()`.
    PackAll,
}

/// `name = (operators)` of `fork`.
#[derive(Debug, Clone, PartialEq)]
pub struct ForkBranch {
    /// The result's name.
    pub name: Option<Name>,
    /// What the branch does.
    pub operators: Vec<Operator>,
}

/// `join` and `lookup`.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// `kind=…` and hints.
    pub params: Vec<Parameter>,
    /// The right side.
    pub right: Expr,
    /// The conditions after `on`: a name, or `$left.a == $right.b`; `where` conditions too.
    pub on: Vec<Expr>,
}

/// `macro-expand [params] group as name (body)`.
#[derive(Debug, Clone, PartialEq)]
pub struct MacroExpand {
    /// `isfuzzy=…`, `kind=…`.
    pub params: Vec<Parameter>,
    /// The entity group, by name or inline.
    pub group: Expr,
    /// The name of the scope.
    pub alias: Option<Name>,
    /// What is run for each entity.
    pub body: Vec<Statement>,
}

/// `make-series`.
#[derive(Debug, Clone, PartialEq)]
pub struct MakeSeries {
    /// `kind=nonempty` and hints.
    pub params: Vec<Parameter>,
    /// The aggregates with their `default=`.
    pub aggregates: Vec<(NamedExpr, Option<Expr>)>,
    /// `on axis`.
    pub on: NamedExpr,
    /// `from …`.
    pub from: Option<Expr>,
    /// `to …`, exclusive; for `in range(a, b, step)` inclusive, and then `in_range` is set.
    pub to: Option<Expr>,
    /// `step …`; absent when the old form leaves it out.
    pub step: Option<Expr>,
    /// The old form `in range(start, stop, step)`.
    pub in_range: bool,
    /// `by …`.
    pub by: Vec<NamedExpr>,
}

/// A column of `mv-expand` and `mv-apply`.
#[derive(Debug, Clone, PartialEq)]
pub struct MvColumn {
    /// The value to expand, with its new name.
    pub column: NamedExpr,
    /// `to typeof(type)`.
    pub to_type: Option<Name>,
}

/// `mv-apply columns [limit n] on (operators)`.
#[derive(Debug, Clone, PartialEq)]
pub struct MvApply {
    /// `with_itemindex=…`.
    pub params: Vec<Parameter>,
    /// What is expanded.
    pub columns: Vec<MvColumn>,
    /// `limit n`.
    pub limit: Option<Expr>,
    /// `id` column, the undocumented `id=…` form.
    pub id: Option<Expr>,
    /// The sub-pipeline.
    pub body: Vec<Operator>,
}

/// `mv-expand columns [limit n]`.
#[derive(Debug, Clone, PartialEq)]
pub struct MvExpand {
    /// `bagexpansion=…`, `kind=…`, `with_itemindex=…`.
    pub params: Vec<Parameter>,
    /// What is expanded.
    pub columns: Vec<MvColumn>,
    /// `limit n`.
    pub limit: Option<Expr>,
}

/// `parse` and `parse-where`.
#[derive(Debug, Clone, PartialEq)]
pub struct Parse {
    /// `kind=…`, `flags=…`.
    pub params: Vec<Parameter>,
    /// The text to take apart.
    pub source: Expr,
    /// The pattern.
    pub pattern: Vec<ParsePart>,
}

/// A part of a `parse` pattern.
#[derive(Debug, Clone, PartialEq)]
pub enum ParsePart {
    /// `*`.
    Skip(Span),
    /// A string that must stand there.
    Text(String, Span),
    /// `name` or `name:type`.
    Column {
        /// The new column.
        name: Name,
        /// Its type; `string` when left out.
        type_name: Option<Name>,
    },
}

/// `parse-kv source as (columns) with (…)`.
#[derive(Debug, Clone, PartialEq)]
pub struct ParseKv {
    /// Parameters before the source.
    pub params: Vec<Parameter>,
    /// The text to take apart.
    pub source: Expr,
    /// The keys to take.
    pub columns: Vec<ColumnDecl>,
    /// `with (pair_delimiter=…, …)`; a bare word such as `greedy` has the value `true`.
    pub properties: Vec<Parameter>,
}

/// `partition [params] by column (body)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Partition {
    /// `hint.strategy=…`.
    pub params: Vec<Parameter>,
    /// The key.
    pub by: Expr,
    /// What is run for each key.
    pub body: PartitionBody,
}

/// The two bodies of `partition`.
#[derive(Debug, Clone, PartialEq)]
pub enum PartitionBody {
    /// `( operators )` over the partition's rows.
    Operators(Vec<Operator>),
    /// `{ query }` with a source of its own.
    Query(Box<Expr>),
}

/// A column of `project-reorder`.
#[derive(Debug, Clone, PartialEq)]
pub struct ReorderColumn {
    /// A name or a wildcard.
    pub column: Expr,
    /// The order among the columns that a wildcard matches.
    pub order: Option<ReorderOrder>,
}

/// How `project-reorder` orders the columns of one wildcard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ReorderOrder {
    Asc,
    Desc,
    GrannyAsc,
    GrannyDesc,
}

/// `range name from a to b step c`.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Range {
    pub name: Name,
    pub from: Expr,
    pub to: Expr,
    pub step: Expr,
}

/// `reduce by column [with threshold=…]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Reduce {
    /// `kind=source`.
    pub params: Vec<Parameter>,
    /// The text to group.
    pub by: Expr,
    /// `with threshold=…, characters=…`.
    pub properties: Vec<Parameter>,
}

/// `render chart with (…)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Render {
    /// The kind of chart.
    pub chart: Name,
    /// `with (title=…, ycolumns=a, b)`: the values of each property.
    pub properties: Vec<(Name, Vec<Expr>)>,
}

/// `scan [params] [declare (…)] with (step …; …)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// `with_match_id=…`.
    pub params: Vec<Parameter>,
    /// `partition by …`, where written inside the operator.
    pub partition_by: Vec<Expr>,
    /// `order by …`, where written inside the operator.
    pub order_by: Vec<OrderedExpr>,
    /// `declare (name:type = default)`.
    pub declare: Vec<ColumnDecl>,
    /// The steps.
    pub steps: Vec<ScanStep>,
}

/// `step name [optional] [output=…]: condition [=> a = x, …];`.
#[derive(Debug, Clone, PartialEq)]
pub struct ScanStep {
    /// The step's name.
    pub name: Name,
    /// `optional`.
    pub optional: bool,
    /// `output=all|last|none`.
    pub output: Option<Name>,
    /// When a row advances to this step.
    pub condition: Expr,
    /// What is assigned then.
    pub assignments: Vec<(Name, Expr)>,
}

/// `search [kind=…] [in (tables)] predicate`.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// `kind=…`.
    pub params: Vec<Parameter>,
    /// `in (…)`.
    pub tables: Vec<Expr>,
    /// The predicate; a bare string means "any column has it".
    pub predicate: Expr,
}

/// `x [asc|desc] [nulls first|last]`.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderedExpr {
    /// The key.
    pub expr: NamedExpr,
    /// `Some(true)` for `asc`; descending is the default.
    pub ascending: Option<bool>,
    /// `Some(true)` for `nulls first`.
    pub nulls_first: Option<bool>,
}

/// `summarize aggregates by keys`.
#[derive(Debug, Clone, PartialEq)]
pub struct Summarize {
    /// Hints.
    pub params: Vec<Parameter>,
    /// The aggregates.
    pub aggregates: Vec<NamedExpr>,
    /// The keys.
    pub by: Vec<NamedExpr>,
}

/// A level of `top-nested`.
#[derive(Debug, Clone, PartialEq)]
pub struct TopNestedClause {
    /// How many; all when absent.
    pub count: Option<Expr>,
    /// `of column`.
    pub of: NamedExpr,
    /// `with others = value`.
    pub others: Option<Expr>,
    /// `by aggregate`.
    pub by: NamedExpr,
    /// `Some(true)` for `asc`.
    pub ascending: Option<bool>,
}

/// `union [params] tables`.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// `kind=…`, `withsource=…`, `isfuzzy=…`.
    pub params: Vec<Parameter>,
    /// Tables, wildcards, parenthesised expressions.
    pub tables: Vec<Expr>,
}

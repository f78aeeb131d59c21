//! A table over Parquet files.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::TableParquetOptions;
use datafusion::common::stats::Precision;
use datafusion::common::{Result, Statistics};
use datafusion::datasource::TableType;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use kql_types::Schema;

use super::adapter::AdapterFactory;
use super::files::{self, OpenFile};

/// Parquet files as one table, in the order in which they are given.
///
/// A column that a file lacks is null there ("" for a string); one of another Arrow type is converted by
/// [`kql_types::foreign::column`].
pub struct ParquetTable {
    schema: SchemaRef,
    paths: Vec<PathBuf>,
    twins: Arc<[(String, String)]>,
}

impl fmt::Debug for ParquetTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParquetTable").field("paths", &self.paths).finish_non_exhaustive()
    }
}

impl ParquetTable {
    /// A table of these columns over files.
    pub fn new(columns: &Schema, paths: Vec<PathBuf>) -> Self {
        ParquetTable { schema: columns.arrow(), paths, twins: Arc::from([]) }
    }

    /// Names pairs of columns of which a file may hold only one, which then stands for both.
    pub fn with_twins(mut self, twins: Vec<(String, String)>) -> Self {
        self.twins = twins.into();
        self
    }

    fn statistics(&self, files: &[OpenFile]) -> Statistics {
        Statistics {
            num_rows: Precision::Exact(files.iter().map(OpenFile::rows).sum()),
            total_byte_size: Precision::Inexact(files.iter().map(OpenFile::bytes).sum()),
            ..Statistics::new_unknown(&self.schema)
        }
    }
}

#[async_trait]
impl TableProvider for ParquetTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// Every condition helps to skip row groups, and none need be evaluated by the scan.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let url = ObjectStoreUrl::local_filesystem();
        let runtime = session.runtime_env();
        let store = runtime.object_store(&url)?;
        let files = files::open(&self.paths, &store, session).await?;
        if files.is_empty() {
            let schema = match projection {
                Some(columns) => Arc::new(self.schema.project(columns)?),
                None => self.schema(),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let statistics = self.statistics(&files);
        let mut options = TableParquetOptions {
            global: session.config_options().execution.parquet.clone(),
            ..TableParquetOptions::default()
        };
        // Where nearly no row is left, the other columns are read for those that are.
        options.global.pushdown_filters |= filters.iter().any(|filter| finds_few(filter, &files));
        let footers = runtime.cache_manager.get_file_metadata_cache();
        let reader = Arc::new(CachedParquetFileReaderFactory::new(store, footers));
        let source = ParquetSource::new(Arc::clone(&self.schema))
            .with_table_parquet_options(options)
            .with_parquet_file_reader_factory(reader);
        let files = files.into_iter().map(OpenFile::partitioned).collect();
        let adapter = AdapterFactory { twins: Arc::clone(&self.twins) };
        let scan = FileScanConfigBuilder::new(url, Arc::new(source))
            .with_file_group(FileGroup::new(files))
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .with_expr_adapter(Some(Arc::new(adapter)))
            .build();
        Ok(DataSourceExec::from_data_source(scan))
    }
}

/// Whether a condition compares a column whose values hardly repeat with constants.
fn finds_few(filter: &Expr, files: &[OpenFile]) -> bool {
    let (column, constants) = match filter {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => match (&**left, &**right) {
            (Expr::Column(column), constant) | (constant, Expr::Column(column)) => (column, vec![constant]),
            _ => return false,
        },
        Expr::InList(InList { expr, list, negated: false }) => match &**expr {
            Expr::Column(column) => (column, list.iter().collect()),
            _ => return false,
        },
        _ => return false,
    };
    let constants_only = constants.iter().all(|constant| matches!(constant, Expr::Literal(..)));
    constants_only && files.iter().all(|file| file.hardly_repeats(&column.name))
}

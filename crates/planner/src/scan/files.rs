//! The files of a table as the scan needs them: where they are, how long, and what their footers say.

use std::path::PathBuf;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::Session;
use datafusion::common::{DataFusionError, Result};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::object_store::path::Path;
use datafusion::object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use datafusion::parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use futures::stream::{self, StreamExt, TryStreamExt};

/// Footers that are read at once.
const FOOTERS_AT_ONCE: usize = 16;

/// A file with its footer.
#[derive(Debug, Clone)]
pub(super) struct OpenFile {
    pub meta: ObjectMeta,
    pub footer: Arc<ParquetMetaData>,
    /// The columns as the reader would give them by itself.
    pub schema: SchemaRef,
}

impl OpenFile {
    /// The rows that the footer counts.
    pub(super) fn rows(&self) -> usize {
        usize::try_from(self.footer.file_metadata().num_rows()).unwrap_or(0)
    }

    /// The bytes of all columns, decompressed.
    pub(super) fn bytes(&self) -> usize {
        let groups = self.footer.row_groups().iter();
        usize::try_from(groups.map(|group| group.total_byte_size()).sum::<i64>()).unwrap_or(0)
    }

    /// Whether the values of a top-level column are stored one by one, as identifiers are; those that repeat share an
    /// entry of a dictionary and take a byte or two a row.
    pub(super) fn hardly_repeats(&self, column: &str) -> bool {
        const BYTES_A_VALUE: i64 = 16;
        let groups = self.footer.row_groups();
        let chunks = groups.iter().filter_map(|group| {
            let chunk = group.columns().iter().find(|chunk| chunk.column_path().parts() == [column])?;
            Some((chunk.uncompressed_size(), group.num_rows()))
        });
        let (bytes, rows) = chunks.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        rows > 0 && bytes >= rows * BYTES_A_VALUE
    }

    /// The file for the scan. Texts are read as views of the file's pages, whatever the writer's type for them: nothing
    /// is copied, and the values of a dictionary page repeat as views, which kernels make use of.
    pub(super) fn partitioned(self) -> PartitionedFile {
        let file = PartitionedFile::new_from_meta(self.meta);
        match with_views(&self.schema) {
            Some(schema) => file.with_arrow_schema(Arc::new(schema)),
            None => file,
        }
    }
}

/// Reads the footers of files, those that are not in the session's cache.
pub(super) async fn open(
    paths: &[PathBuf],
    store: &Arc<dyn ObjectStore>,
    session: &dyn Session,
) -> Result<Vec<OpenFile>> {
    let cache = session.runtime_env().cache_manager.get_file_metadata_cache();
    let open_one = |path: PathBuf| {
        let cache = Arc::clone(&cache);
        async move {
            let location = Path::from_filesystem_path(&path)
                .map_err(|error| DataFusionError::External(Box::new(error)))?;
            let meta = store.head(&location).await?;
            let footer = DFParquetMetadata::new(store, &meta)
                .with_file_metadata_cache(Some(cache))
                .with_page_index_policy(Some(PageIndexPolicy::Skip))
                .fetch_metadata()
                .await?;
            let schema = ArrowReaderMetadata::try_new(Arc::clone(&footer), ArrowReaderOptions::new())?;
            Ok::<_, DataFusionError>(OpenFile { meta, footer, schema: Arc::clone(schema.schema()) })
        }
    };
    stream::iter(paths.to_vec()).map(open_one).buffered(FOOTERS_AT_ONCE).try_collect().await
}

/// The columns with every text as views; `None` where they are so already.
fn with_views(schema: &Schema) -> Option<Schema> {
    let is_text = |field: &Field| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => true,
        DataType::Dictionary(_, values) => {
            matches!(values.as_ref(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
        }
        _ => false,
    };
    schema.fields().iter().any(|field| is_text(field)).then(|| {
        let fields = schema.fields().iter().map(|field| match is_text(field) {
            true => Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8View)),
            false => Arc::clone(field),
        });
        Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone())
    })
}

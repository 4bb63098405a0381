"""Many pages in, one data set out: rows, the count of every record, files that never look complete too soon."""

from cleanbody.corpus.archives import COLUMNS, ROW_VERSION, clean_record, row_of, rows
from cleanbody.corpus.output import open_output, to_line
from cleanbody.corpus.tally import Tally

__all__ = ["COLUMNS", "ROW_VERSION", "Tally", "clean_record", "open_output", "row_of", "rows", "to_line"]

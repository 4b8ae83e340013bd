/// Writes recordings: the spool, the uploads, the recovery.
@NullMarked
package dev.sallyport.edge.recorder;

import org.jspecify.annotations.NullMarked;

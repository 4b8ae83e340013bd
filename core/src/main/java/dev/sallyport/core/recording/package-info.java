/// The recording: numbered events in chained chunks, and what reads and verifies them.
@NullMarked
package dev.sallyport.core.recording;

import org.jspecify.annotations.NullMarked;

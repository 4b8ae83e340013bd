/// What the end-to-end tests stand on: instances in processes of their own, and the real clients.
@NullMarked
package dev.sallyport.tests.bed;

import org.jspecify.annotations.NullMarked;

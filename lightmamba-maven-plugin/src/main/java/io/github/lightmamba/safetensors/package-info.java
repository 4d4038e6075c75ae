/**
 * The safetensors file format, read through memory mapping and written as a stream.
 *
 * <p>A file is eight bytes of header length (little-endian), a JSON header, and the tensors' bytes. Files come from
 * strangers: nothing in a header is believed before it is checked against the size of the file.
 */
package io.github.lightmamba.safetensors;

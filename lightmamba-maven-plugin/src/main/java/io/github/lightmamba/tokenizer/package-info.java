/** Text to token numbers and back, by the library of Hugging Face, without its side effects on the process. */
package io.github.lightmamba.tokenizer;

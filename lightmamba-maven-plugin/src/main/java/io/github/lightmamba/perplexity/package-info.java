/** How well a model predicts a text, how far two models are apart, and whether a text was seen in calibration. */
package io.github.lightmamba.perplexity;

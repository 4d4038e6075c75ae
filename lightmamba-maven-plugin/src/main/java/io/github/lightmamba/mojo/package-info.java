/** The goals: parameters in, requests out. The only package that sees Maven. */
package io.github.lightmamba.mojo;

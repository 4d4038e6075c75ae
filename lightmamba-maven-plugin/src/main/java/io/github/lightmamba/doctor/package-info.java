/** What is installed, what each goal needs of it, and what to do about the rest. Looks, and changes nothing. */
package io.github.lightmamba.doctor;

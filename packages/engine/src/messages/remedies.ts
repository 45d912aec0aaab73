// Remedies of several codes of errors.

export const SET_UP = 'Run "npx tssl-engine-setup".';

export const VERIFY = 'Run "npx tssl-engine-setup --verify" to check and repair it.';

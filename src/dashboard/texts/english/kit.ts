/** The fields of both dialogs that make a device kit. */
export const kit = {
  serverUrlUnset:
    'SERVER_URL is not set. Enter the address that devices use, with a host that the server certificate covers, or set SERVER_URL and restart the server.',
  polling: 'RAUC polls the server itself',
  pollingHint:
    'Needs RAUC 1.16 or later. Without it, a script in the kit polls, which works with any version.',
  pollingWarning:
    'RAUC calls its own polling a preview that is not ready for products: a later RAUC may need a different system.conf. The script still polls if RAUC is older or if the slots share their system.conf.',
};

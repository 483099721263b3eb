/** What both dialogs that make a device kit ask. */
export const kit = {
  serverUrlUnset:
    'SERVER_URL is not set. Enter the address that devices use; the server certificate must cover its host. Or set SERVER_URL and restart the server.',
  polling: 'RAUC itself asks the server',
  pollingHint: 'For RAUC 1.16 and later. Otherwise a script of the kit asks, whatever the version.',
  pollingWarning:
    'RAUC calls its own polling a preview, not for products yet: a later RAUC may need another system.conf. With an older RAUC, and where the slots share their system.conf, the script asks all the same.',
};

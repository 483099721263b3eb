import { DomainError } from '../../../core/errors';
import type { ProtocolLimits } from '../../../core/protocol';
import type { Handler } from '../kernel/handler';
import { byCertificate, type Protocol, type Route } from '../kernel/protocol';
import { createArtifactHandler } from './artifact';
import { answerCancelAction, takeCancelFeedback } from './cancel-action';
import { configDataLimitBytes } from './config-data';
import { answerDeployment, answerInstalled, takeFeedback } from './deployment-base';
import { feedbackLimitBytes } from './feedback';
import { createPollHandler, takeConfigData } from './poll';
import { WantedAttributes } from './wanted-attributes';

export interface DdiOptions {
  /** Devices download before a rollout's maintenance window opens, and install once it has. */
  readonly downloadsAhead: boolean;
}

/** RAUC refuses a crypt bundle that is not encrypted, whatever its source. */
const ownLimits: ProtocolLimits = {
  carriesPlain: true,
  carriesUnencryptedCrypt: false,
  carriesUnversioned: true,
  tellsOutcome: true,
  followsNumbers: true,
  tellsTerms: true,
  carriesOpaque: true,
};

/** Clients have a tenant's name in their configuration. There is one tenant, under any name. */
const root = '/:tenant/controller/v1/:controllerId';

/**
 * hawkBit's Direct Device Integration, as `rauc-hawkbit-updater` and SWUpdate speak it. An action is an installation, identified by its
 * number; its state is derived from the installation. A bundle is one chunk with one artifact.
 */
export function createDdi({ downloadsAhead }: DdiOptions): Protocol {
  const limits: ProtocolLimits = downloadsAhead ? { ...ownLimits, downloadsAhead } : ownLimits;
  return {
    name: 'ddi',
    limits,

    /** The certificate names the device, and the address must name the same one. */
    authenticate(exchange, { controllerId = '' }) {
      const identity = byCertificate(exchange);
      if (identity.id === controllerId) return identity;
      throw DomainError.of('controller-is-another', {
        id: identity.id,
        controllerId: controllerId.slice(0, 200),
      });
    },

    routes(kit) {
      kit.counters.beginReports();
      const attributes = new WantedAttributes();
      const action = (name: string) => `/${name}/:action`;
      return [
        ...at('GET', '', createPollHandler(kit, attributes, limits)),
        ...at('PUT', '/configData', takeConfigData(kit, attributes), configDataLimitBytes),
        ...at('GET', action('deploymentBase'), answerDeployment(kit, limits)),
        ...at(
          'POST',
          `${action('deploymentBase')}/feedback`,
          takeFeedback(kit, attributes),
          feedbackLimitBytes,
        ),
        ...at('GET', action('cancelAction'), answerCancelAction(kit)),
        ...at('POST', `${action('cancelAction')}/feedback`, takeCancelFeedback(kit), feedbackLimitBytes),
        ...at('GET', action('installedBase'), answerInstalled(kit)),
        {
          method: 'GET',
          path: `${root}/softwaremodules/:action/artifacts/:file`,
          handler: createArtifactHandler(kit),
          isDownload: true,
        },
      ];
    },
  };
}

/**
 * Clients may end an address with a slash. `rauc-hawkbit-updater` repeats a report answered with 409 or 429 after a second, up to ten
 * times, and never repeats a GET. So neither status would have its meaning there.
 */
function at(method: Route['method'], path: string, handler: Handler, bodyLimitBytes?: number): Route[] {
  const body = bodyLimitBytes === undefined ? {} : { bodyLimitBytes };
  const refusal = method === 'GET' ? 'unavailable' : 'too-many-requests';
  return ['', '/'].map((end) => ({ method, path: `${root}${path}${end}`, handler, refusal, ...body }));
}
